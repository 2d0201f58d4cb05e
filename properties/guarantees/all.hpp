// The rows of the guarantee table, one function per guarantee, each in the file of that name.
#pragma once

#include "model/monitor.hpp"

namespace midstride::properties {

model::Guarantee activation();
model::Guarantee locals();
model::Guarantee cells();
model::Guarantee method_identity();
model::Guarantee method_behaviour();
model::Guarantee no_use_after_free();
model::Guarantee no_early_free();
model::Guarantee reclaimed();
model::Guarantee whole_call();
model::Guarantee failed_reload();
model::Guarantee isolation();
model::Guarantee batch();
model::Guarantee fresh();
model::Guarantee monotone();
model::Guarantee serial();
model::Guarantee version_consistent();
model::Guarantee dependants();
model::Guarantee removed_names();
model::Guarantee migration();
model::Guarantee layout();
model::Guarantee identity();
model::Guarantee super();
model::Guarantee state();
model::Guarantee scheduler();
model::Guarantee progress();
model::Guarantee channel_rules();
// Over two runs: properties/paired.cpp and properties/paired/.
model::Guarantee no_op();
model::Guarantee revert();
model::Guarantee commute();
model::Guarantee non_interference();
model::Guarantee deterministic();

}  // namespace midstride::properties
