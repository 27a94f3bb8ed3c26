// A set of columns (x, z) of a box: the shape of a house seen from above, at one height.
#pragma once

#include <cstddef>
#include <vector>

namespace hod::env {

// How far each side moves, in voxels: -x, +x, -z, +z.
struct Sides {
  int x0 = 0, x1 = 0, z0 = 0, z1 = 0;
};

class Region {
 public:
  Region() = default;
  Region(int w, int d) : w_(w), d_(d), has_(static_cast<size_t>(w) * d, 0) {}
  // The columns x0..x1, z0..z1, both ends included.
  static Region Rectangle(int w, int d, int x0, int x1, int z0, int z1) {
    Region region(w, d);
    for (int x = x0; x <= x1; ++x) {
      for (int z = z0; z <= z1; ++z) region.Set(x, z, true);
    }
    return region;
  }

  int w() const { return w_; }
  int d() const { return d_; }
  // False outside the box.
  bool Has(int x, int z) const {
    return x >= 0 && x < w_ && z >= 0 && z < d_ && has_[static_cast<size_t>(x) * d_ + z];
  }
  // Does nothing outside the box.
  void Set(int x, int z, bool value) {
    if (x >= 0 && x < w_ && z >= 0 && z < d_) has_[static_cast<size_t>(x) * d_ + z] = value;
  }

  int Count() const {
    int count = 0;
    for (const char has : has_) count += has;
    return count;
  }
  bool Empty() const { return Count() == 0; }

  // The columns that keep their place when every side moves inwards by so much.
  Region Shrunk(const Sides& by) const {
    return Where([&](int x, int z) {
      for (int dx = -by.x0; dx <= by.x1; ++dx) {
        for (int dz = -by.z0; dz <= by.z1; ++dz) {
          if (!Has(x + dx, z + dz)) return false;
        }
      }
      return true;
    });
  }
  // One column wider all around, corners included, as far as the box allows.
  Region Grown() const {
    return Where([&](int x, int z) {
      for (int dx = -1; dx <= 1; ++dx) {
        for (int dz = -1; dz <= 1; ++dz) {
          if (Has(x + dx, z + dz)) return true;
        }
      }
      return false;
    });
  }
  // The columns with a side that faces outwards.
  Region Border() const {
    return Where([&](int x, int z) {
      return Has(x, z) && !(Has(x - 1, z) && Has(x + 1, z) && Has(x, z - 1) && Has(x, z + 1));
    });
  }
  Region Minus(const Region& other) const {
    return Where([&](int x, int z) { return Has(x, z) && !other.Has(x, z); });
  }

  // The columns (x, z) of the box for which `test` holds.
  template <typename Test>
  Region Where(const Test& test) const {
    Region region(w_, d_);
    for (int x = 0; x < w_; ++x) {
      for (int z = 0; z < d_; ++z) region.Set(x, z, test(x, z));
    }
    return region;
  }

 private:
  int w_ = 0, d_ = 0;
  std::vector<char> has_;
};

}  // namespace hod::env
