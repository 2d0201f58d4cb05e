#include "sim/digest.hpp"

#include <gtest/gtest.h>

namespace midstride::sim {
namespace {

Digest of(std::initializer_list<std::uint64_t> words) {
  Digest digest;
  for (const std::uint64_t word : words) digest.add(word);
  return digest;
}

TEST(Digest, gives_the_pinned_values) {
  EXPECT_EQ(Digest().hex(), "243f6a8885a308d313198a2e03707344");
  EXPECT_EQ(of({1, 2, 3}).hex(), "3a740d7336b91e8fcf6713ab64da8a1c");
  Digest text;
  text.add("a name longer than a word");
  EXPECT_EQ(text.hex(), "3336c97ef2bd65ae6a77cf838dfafac0");
}

TEST(Digest, depends_on_order_and_on_every_word) {
  EXPECT_NE(of({1, 2}), of({2, 1}));
  EXPECT_NE(of({0}), of({}));
  EXPECT_NE(of({0, 0}), of({0}));
  Digest ab_c;
  ab_c.add("ab");
  ab_c.add("c");
  Digest a_bc;
  a_bc.add("a");
  a_bc.add("bc");
  EXPECT_NE(ab_c, a_bc);
}

TEST(Digest, a_digest_can_be_added_to_another) {
  Digest left = of({1});
  left.add(of({2}));
  Digest right = of({1});
  right.add(of({3}));
  EXPECT_NE(left, right);
}

}  // namespace
}  // namespace midstride::sim
