#include "properties/shapes/table.hpp"

#include <array>

namespace midstride::properties {

namespace {

constexpr std::array shape_table = {
    Shape{"twice", "a frame looks one name up before and after a suspension",
          facts(Fact::name_used_twice), Name::twice, 4, write_twice},
    Shape{"qualified", "tasks read a module's names from outside around reloads",
          facts(Fact::qualified_used_twice), Name::count, 4, write_qualified},
    Shape{"held-handle", "a method or function is kept in a local over a suspension and called",
          facts(Fact::held_handle_called), Name::hold, 6, write_held_handle},
    Shape{"parked-handle", "a handle goes through a channel and its sender lets go of it",
          facts(Fact::handle_sent), Name::give, 6, write_parked_handle},
    Shape{"sleeper", "a frame sleeps in old code while its module is reloaded twice",
          facts(Fact::sleeps_over_two), Name::sleep, 5, write_sleeper},
    Shape{"held-object", "a class, an instance or a {} is kept in a local over a suspension",
          facts(Fact::held_object_read), Name::keep, 6, write_held_object},
    Shape{"body-suspends", "a module body suspends half-way", facts(Fact::body_suspends),
          Name::count, 5, write_body_suspends},
    Shape{"body-raises", "a module body raises half-way", facts(Fact::body_raises), Name::count, 4,
          write_body_raises},
    Shape{"kind-change", "a name is a function in one version and a class in another",
          facts(Fact::kind_changes), Name::K, 8, write_kind_change},
    Shape{"self-reload", "code asks for the reload of its own module and goes on",
          facts(Fact::own_reload), Name::renew, 6, write_self_reload},
    Shape{"arity-window", "a function's parameters change between its look-up and its entry",
          facts(Fact::arity_changes), Name::add, 6, write_arity_window},
    Shape{"killed", "a blocked tasklet is killed and unwinds through old code",
          facts(Fact::kill, Fact::unwinding), Name::guard, 4, write_killed},
    Shape{"read-only", "the class, function or self of a held method is assigned",
          facts(Fact::read_only_assigned), Name::assign, 3, write_read_only},
    Shape{"spawned", "a tasklet is spawned before a reload and first runs after it",
          facts(Fact::spawn), Name::start, 5, write_spawned},
    Shape{"no-op", "a module is reloaded with the text that it has", facts(Fact::same_text),
          Name::same, 4, write_no_op},
    Shape{"inspected", "an inspector reads or writes a local of a suspended frame",
          facts(Fact::inspection), Name::show, 4, write_inspected},
    Shape{"global-write", "program code writes a module's global around a reload",
          facts(Fact::global_written), Name::write, 3, write_global_write},
    Shape{"across-modules", "code of one module calls into another before and after a suspension",
          facts(Fact::across_modules), Name::relay, 4, write_across_modules},
    Shape{"removed-name", "a version lacks a name that is looked up, or held",
          facts(Fact::name_removed), Name::gone, 6, write_removed_name},
    Shape{"rescue", "a frame suspends in its except or finally after an error",
          facts(Fact::handler_suspends), Name::rescue, 3, write_rescue},
    Shape{"batch", "two modules are reloaded as one batch, and names of both are read",
          facts(Fact::batch), Name::count, 4, write_batch},
    Shape{"derived", "what a class inherits changes, and an instance is asked before and after",
          facts(Fact::derived), Name::Y, 5, write_derived},
    Shape{"above", "a method suspends, then says super()", facts(Fact::super_called), Name::E, 5,
          write_above},
    Shape{"compared", "what was kept over a suspension is compared with what its name gives",
          facts(Fact::compared), Name::compare, 4, write_compared},
    Shape{"fenced",
          "a frame throws what it made before a suspension to its own except with a class",
          facts(Fact::caught_by_class), Name::fence, 4, write_fenced},
    Shape{"excursion", "a module goes to another version and back, and who asked for it goes on",
          facts(Fact::excursion), Name::visit, 4, write_excursion},
    Shape{"closure", "a function that another one made lives over a suspension",
          facts(Fact::closure_lives), Name::make, 4, write_closure},
    Shape{"shared-cell", "two functions share a variable, and another tasklet calls one of them",
          facts(Fact::cell_shared, Fact::handle_sent), Name::share, 4, write_shared_cell},
};
static_assert(shape_table.size() <= 64);

}  // namespace

std::span<const Shape> shapes() { return shape_table; }

}  // namespace midstride::properties
