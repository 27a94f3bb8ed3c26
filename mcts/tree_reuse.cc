#include "mcts/tree_reuse.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace hod::mcts {
namespace {

// The run of all types together in the pool of actions. Noop is always valid and the first.
std::pair<int32_t, int32_t> ActionsOf(const Node& node) {
  int32_t end = 0;
  for (const TypeStats& type : node.types) end = std::max(end, type.end);
  return {node.types.front().begin, end};
}

// Appends pool[begin, end) to `to`. Pools that are not in use are empty.
template <typename T>
void AppendRun(const std::vector<T>& pool, int32_t begin, int32_t end, std::vector<T>& to) {
  if (!pool.empty()) to.insert(to.end(), pool.begin() + begin, pool.begin() + end);
}

class Move {
 public:
  Move(Tree& from, Tree& to)
      : from_(from),
        to_(to),
        node_to_(from.nodes.size(), kNone),
        edge_to_(from.edges.size(), kNone) {}

  void Subtree(int32_t child) {
    to_.Clear();
    MakeRoot(from_.nodes[child]);
    node_to_[child] = 0;
    for (size_t i = child + 1; i < from_.nodes.size(); ++i) {  // Parents are before their children.
      if (node_to_[from_.nodes[i].parent] == kNone) continue;
      node_to_[i] = static_cast<int32_t>(to_.nodes.size());
      Node& node = to_.nodes.emplace_back(std::move(from_.nodes[i]));
      if (node.expanded) Runs(node);
    }
    Relink();
  }

 private:
  // Actions of the root's edges count from its first one, until its run is known.
  void MakeRoot(const Node& child) {
    Node& root = to_.nodes.emplace_back();
    root.types = child.types;
    Edges(root, -ActionsOf(child).first);
    for (TypeStats& type : root.types) {
      type.begin = type.end = 0;
      type.prior = 0;
    }
  }

  void Runs(Node& node) {
    const auto [begin, end] = ActionsOf(node);
    const int32_t shift = static_cast<int32_t>(to_.ids.size()) - begin;
    AppendRun(from_.ids, begin, end, to_.ids);
    AppendRun(from_.untried, begin, end, to_.untried);
    Edges(node, shift);
    for (TypeStats& type : node.types) {
      if (type.begin == type.end) continue;
      type.begin += shift;
      type.end += shift;
    }

    const auto humans = static_cast<int32_t>(to_.human_ids.size());
    AppendRun(from_.human_ids, node.humans_begin, node.humans_end, to_.human_ids);
    AppendRun(from_.human_cumulative, node.humans_begin, node.humans_end, to_.human_cumulative);
    node.humans_begin = humans;
    node.humans_end = static_cast<int32_t>(to_.human_ids.size());

    const auto targets = static_cast<int32_t>(to_.target_locations.size());
    AppendRun(from_.target_locations, node.targets_begin, node.targets_end, to_.target_locations);
    AppendRun(from_.target_logits, node.targets_begin, node.targets_end, to_.target_logits);
    node.targets_begin = targets;
    node.targets_end = static_cast<int32_t>(to_.target_locations.size());
  }

  // `shift` is by how much the node's actions move in their pool.
  void Edges(const Node& node, int32_t shift) {
    for (const TypeStats& type : node.types) {
      for (int32_t e = type.first_edge; e != kNone; e = from_.edges[e].next) {
        edge_to_[e] = static_cast<int32_t>(to_.edges.size());
        to_.edges.push_back(from_.edges[e]);
        to_.edges.back().action += shift;
      }
    }
  }

  void Relink() {
    const auto follow = [](const std::vector<int32_t>& moved_to, int32_t& index) {
      if (index != kNone) index = moved_to[index];
    };
    for (Node& node : to_.nodes) {
      follow(node_to_, node.parent);
      follow(edge_to_, node.edge);
      follow(node_to_, node.next_sibling);
      for (TypeStats& type : node.types) follow(edge_to_, type.first_edge);
    }
    for (Edge& edge : to_.edges) {
      follow(edge_to_, edge.next);
      follow(node_to_, edge.first_child);
    }
  }

  Tree& from_;
  Tree& to_;
  // Where each went; kNone for those left behind.
  std::vector<int32_t> node_to_, edge_to_;
};

}  // namespace

int MoveSubtree(Tree& tree, int32_t child, Tree& subtree) {
  Move(tree, subtree).Subtree(child);
  int visits = 0;
  for (const TypeStats& type : subtree.nodes.front().types) visits += type.visits;
  return visits;
}

void AdoptEdges(double gamma, Tree& tree) {
  Node& root = tree.nodes.front();
  const int32_t first = ActionsOf(root).first;
  for (const TypeStats& type : root.types) {
    root.visits += type.visits;
    for (int32_t e = type.first_edge; e != kNone; e = tree.edges[e].next) {
      Edge& edge = tree.edges[e];
      edge.action += first;
      edge.prior = std::exchange(tree.untried[edge.action], Tree::kTried);
      for (int32_t c = edge.first_child; c != kNone; c = tree.nodes[c].next_sibling) {
        // The root's own values are discounted once more, like those of any node; its step brings
        // no reward.
        const Node& child = tree.nodes[c];
        root.value_sum += gamma * child.value_sum;
        root.min_value = std::min({root.min_value, child.min_backup, gamma * child.min_backup});
        root.max_value = std::max({root.max_value, child.max_backup, gamma * child.max_backup});
        root.min_backup = std::min(root.min_backup, gamma * child.min_backup);
        root.max_backup = std::max(root.max_backup, gamma * child.max_backup);
      }
    }
  }
}

}  // namespace hod::mcts
