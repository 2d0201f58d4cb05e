#include "properties/shrink/passes.hpp"

#include <array>

namespace midstride::properties {

namespace {

constexpr std::array pass_table = {
    Pass{"cut declarations", cut_declarations},
    Pass{"cut decisions", cut_decisions},
    Pass{"cut definitions", cut_definitions},
    Pass{"cut statements", cut_statements},
    Pass{"open blocks", open_blocks},
    Pass{"simplify statements", simplify_statements},
    Pass{"simplify expressions", simplify_expressions},
    Pass{"cut parameters", cut_parameters},
    Pass{"simplify inspections", simplify_inspections},
    Pass{"join decisions", join_decisions},
    Pass{"lower counts", lower_counts},
    Pass{"simplify options", simplify_options},
    Pass{"simplify policy", simplify_policy, true},
};

}  // namespace

std::span<const Pass> passes() { return pass_table; }

}  // namespace midstride::properties
