// The declaration of every setting. docs/configuration.md is printed from it (`hod config`).
#include "engine/config/fields.h"

#include "absl/strings/str_cat.h"
#include "engine/config/game_settings.h"
#include "env/game/roles.h"
#include "env/houses/sources/source.h"

namespace hod::engine {
namespace {

void DeclarePlayer(settings::Declaration& d, const std::string& table, env::PlayerConfig& player) {
  const auto key = [&](const char* name) { return absl::StrCat(table, ".", name); };
  env::RewardSchedules& r = player.rewards;
  DeclareSchedule(d, key("noop"), r.noop, "reward of an action without effect");
  DeclareSchedule(d, key("action"), r.action, "reward of an action with an effect");
  DeclareSchedule(d, key("incorrect_action"), r.incorrect_action,
                  "added to an effective place or break that does not help");
  DeclareSchedule(d, key("place_wrong"), r.place_wrong,
                  "similarity of a wrong block where some block belongs");
  DeclareSchedule(d, key("own_reward_prop"), r.own_reward_prop,
                  "0: everybody's rewards; 1: own only");
  DeclareSchedule(d, key("get_resources"), r.get_resources,
                  "per new kind of block from the palette");
}

}  // namespace

void DeclareSearch(settings::Declaration& d, mcts::SearchOptions& s) {
  d.Integer("search.num_simulations", s.num_simulations, 1, 100000, "simulations of a full search");
  d.Number("search.gamma", s.gamma, 0, 1, "discount");
  d.Numbers("search.c_puct", s.c_puct, 0, 1000,
            "exploration in PUCT; of several each search draws one");
  d.Choice("search.selection", s.selection, {"bilevel", "bilevel_unscaled", "flat", "gumbel"},
           "how the tree picks actions: by type and then within it (bilevel, the paper's), or by "
           "Gumbel planning; the others are there for the reference's recorded searches");
  d.Choice("search.root_policy", s.root_policy, {"visits", "limiting", "improved"},
           "the policy a search results in: visit counts (paper), what they tend to, or prior and "
           "values");
  d.Choice("search.goal_posterior", s.goal_posterior, {"parent", "child", "average", "leaf"},
           "whose goal prediction prices the assistant's own actions: parent (paper); the "
           "others are there for the reference's recorded searches");
  d.Choice("search.leaf_value", s.leaf_value, {"network", "zero", "belief"},
           "what leaves are worth: what the network says (paper), nothing, or what could still be "
           "done on their belief");
  d.Flag("search.line_of_sight", s.line_of_sight, "mask actions by line of sight");
  d.Flag("search.init_q_with_max", s.init_q_with_max,
         "unvisited actions take the best value seen, not the mean; there for the reference's "
         "recorded searches");
  d.Flag("search.explore_noops", s.explore_noops, "noop is searched as other actions are");
  d.Number("search.prior_temperature", s.prior_temperature, 0.01, 100,
           "priors are raised to this power; there for the reference's recorded searches");
  d.Number("search.reward_prior_weight", s.reward_prior_weight, 0, 100,
           "tilts priors by exp(weight * expected reward); 0 in the paper");
  d.Number("search.plan_prior", s.plan_prior, 0, 1,
           "share of priors that goes to what an assistant that carries out its belief would do "
           "next, which acts when it is (1 - own_reward_shift) / 2 sure; 0 in the paper");
  d.Number(
      "search.own_reward_scale", s.own_reward_scale, 0, 1000,
      "expected rewards of places and breaks are scaled by it; there for the reference's recorded "
      "searches");
  d.Number("search.own_reward_shift", s.own_reward_shift, -1000, 1000,
           "and shifted by it: below 0 the assistant acts only when surer than even odds");
  d.Flag("search.respect_removals", s.respect_removals,
         "the assistant never puts back a type of block where the human has removed it");
  d.Number("search.temperature", s.temperature, 0.01, 100,
           "the root policy is raised to this power");
  d.Number("search.noise_weight", s.noise_weight, 0, 1,
           "share of Dirichlet noise at the root, in full searches of self-play");
  d.Number("search.type_noise_alpha", s.type_noise_alpha, 1e-3, 1000,
           "concentration of the noise over action types");
  d.Number("search.action_noise_total", s.action_noise_total, 1e-3, 1e6,
           "within a type the concentration is this divided by its valid actions");
  d.Integer("search.considered_actions", s.considered_actions, 1, 1000,
            "Gumbel: actions that compete at the root");
  d.Flag("search.gumbel_noise", s.gumbel_noise,
         "Gumbel: noise chooses the competitors, in self-play");
  d.Number("search.value_visits", s.value_visits, 0, 1e6,
           "Gumbel: values move logits by (this + most visits) * value_scale");
  d.Number("search.value_scale", s.value_scale, 0, 1e6, "Gumbel: see value_visits");
}

settings::Declaration Declare(RunConfig& c) {
  settings::Declaration d;
  d.Integer("seed", c.seed, 0, INT64_MAX, "all randomness of the run follows from it");
  d.Text("goals", c.goals, env::kGoalSpecs, "where the houses of self-play come from");
  d.Text("human", c.human, "a human as for hod evaluate --human",
         "the builder that an assistant learns beside");
  d.Text("assistant", c.assistant,
         "search, belief or a player as for hod evaluate --assistant that acts by itself",
         "the assistant that is learnt from: search and belief play with the network in training, "
         "by searches or by carrying out what it believes. With player = \"human\" nobody assists; "
         "an assistant that learns by ppo plays its policy, and this stays search");
  d.Choice("player", c.player, {"human", "assistant"},
           "whose play is learnt: an assistant's, or a builder's, who is alone and sees the goal");

  DeclareSize(d, "game.world_size", c.game.size, "extents in x, y (up) and z, in voxels");
  d.Integer("game.horizon", c.game.horizon, 1, 100000, "timesteps of an episode");
  d.Flag("game.random_start_locations", c.game.random_start_locations,
         "players start anywhere, not in a row at the corner");
  d.Flag("game.randomize_first_episode_length", c.game.randomize_first_episode_length,
         "episodes start at a random timestep");
  d.Flag("game.terminate_on_goal_completion", c.game.terminate_on_goal_completion,
         "an episode ends when the goal stands");
  d.OptionalInteger("game.truncate_on_no_progress_timesteps",
                    c.game.truncate_on_no_progress_timesteps, 100000,
                    "an episode ends after so many timesteps without progress");
  d.Flag("game.inf_blocks", c.game.abilities.inf_blocks,
         "players have any number of blocks, instead of a palette and inventories");
  d.Flag("game.teleportation", c.game.abilities.teleportation,
         "players act from anywhere, without bodies");
  DeclarePlayer(d, "game.human_rewards", c.game.players[env::kHuman]);
  DeclarePlayer(d, "game.assistant_rewards", c.game.players[env::kAssistant]);

  d.Integer("network.channels", c.network.channels, 1, models::kMaxChannels,
            "channels of the trunk");
  d.Integer("network.blocks", c.network.blocks, 1, models::kMaxBlocks, "residual blocks");
  d.Choice("network.block", c.network.block, {"factorised", "dense"},
           "their convolutions: 3x1x3 and 1x3x1, or two of 3x3x3 at 54/12 of the cost");
  d.Choice("network.device", c.backend.device, {"cpu", "cuda"},
           "where networks are computed to play");
  d.Choice("network.precision", c.backend.precision, {"auto", "float32", "bfloat16", "int8"},
           "in what numbers; auto: the faster one of float32 and bfloat16, as measured; int8 is "
           "faster and coarser");
  d.Integer("network.positions_per_pass", c.backend.positions_per_pass, 1, 65536,
            "positions that a GPU computes at once, at most: what all threads of a process ask for "
            "shares its passes");

  DeclareSearch(d, c.search);
  d.Flag("search.look_back", c.look_back,
         "where its edits were wrong more often than it believed, own_reward_shift falls");
  d.Flag("search.reuse_tree", c.reuse_tree,
         "a search keeps what the one before knows of the position, which counts towards its "
         "simulations; not with Gumbel");
  d.Integer("search.cached_positions", c.cached_positions, 0, 100000000,
            "positions whose evaluations a process remembers, about 60 bytes per voxel each; 0: "
            "none");

  d.Integer("selfplay.workers", c.selfplay.workers, 1, 1024, "self-play processes");
  d.Integer("selfplay.threads", c.selfplay.threads, 0, 1024,
            "threads of a self-play process; 0: what the learner leaves of the processor, twice "
            "that where a GPU predicts");
  d.Integer("selfplay.games", c.selfplay.games, 1, 65536, "games a worker plays at once");
  d.Integer("selfplay.batch", c.selfplay.batch, 1, 4096,
            "games that ask for evaluations together; at least two such groups a thread keep all "
            "busy, and larger ones pay on a GPU only");
  d.Number("selfplay.full_search_fraction", c.selfplay.full_search_fraction, 0, 1,
           "share of moves searched in full, whose policies are learnt (1 in the paper)");
  d.Integer("selfplay.fast_simulations", c.selfplay.fast_simulations, 1, 100000,
            "simulations of the other moves; 1: the prior alone");
  d.Integer("selfplay.fragment_length", c.selfplay.fragment_length, 1, 4096,
            "timesteps after which value targets are bootstrapped");
  d.Number(
      "selfplay.kept_share", c.selfplay.kept_share, 0.001, 1,
      "share of fragments that are kept to learn from: where play is cheap, a small share spreads "
      "learning over more houses");
  d.Number("selfplay.idle_share", c.selfplay.idle_share, 0, 1,
           "share of episodes in which the assistant does nothing; they cost next to nothing");
  d.Integer("selfplay.moves_per_belief", c.selfplay.moves_per_belief, 1, 1000,
            "assistant = \"belief\" asks the network again after so many moves");
  d.Numbers("selfplay.thresholds", c.selfplay.thresholds, 0.5, 1,
            "assistant = \"belief\" makes an edit if it believes with at least this probability "
            "that the edit is right; of several each episode draws one");
  d.Integer("selfplay.shard_timesteps", c.selfplay.shard_timesteps, 1, 10000000,
            "a shard is completed after so many timesteps");
  d.Number("selfplay.shard_seconds", c.selfplay.shard_seconds, 0.1, 86400,
           "or after so many seconds");

  LearnerConfig& l = c.learner;
  d.Choice("learner.algorithm", l.algorithm, {"alphazero", "ppo"},
           "learns from searches of self-play, or from the rewards of its own actions");
  d.Text("learner.initial", l.initial, "random or the path of a checkpoint",
         "the network that training begins with, of the same shape; its optimiser begins anew");
  d.Text("learner.samples", l.samples, "self-play or a folder of shards",
         "what is learnt from: self-play as it comes, or play that was recorded before, of which "
         "each timestep is learnt from learner.passes times");
  d.Choice("learner.device", l.device, {"cpu", "cuda"},
           "where gradients are computed; with network.device = \"cuda\" too, the first self-play "
           "worker shares the learner's process");
  d.Choice(
      "learner.precision", l.precision, {"auto", "float32", "bfloat16"},
      "in what numbers convolutions are multiplied to learn; auto: bfloat16 on a GPU, and with "
      "ppo where the processor multiplies it, else float32");
  d.Integer(
      "learner.threads", l.threads, 0, 1024,
      "threads of a learner; 0: a quarter of the processor's for all of them. Sums of gradients "
      "depend on their number in the last bits");
  d.Integer("learner.learners", l.learners, 1, 64,
            "processes that learn together, each from the play of its own workers: a gradient step "
            "has learner.batch_size positions of each");
  d.Number("learner.peer_seconds", l.peer_seconds, 1, 86400,
           "a learner for which the others have waited so long is lost, and the learning with it");
  d.Integer("learner.batch_size", l.batch_size, 1, 65536, "positions of a learner's gradient step");
  d.Choice("learner.optimizer", l.optimizer, {"adam", "muon"},
           "turns gradients into steps; muon moves matrices of weights along their momentum made "
           "orthogonal and leaves the rest to adam; ppo learns by adam alone");
  d.Number("learner.learning_rate", l.learning_rate, 1e-9, 1, "of the optimiser");
  d.Number("learner.final_learning_rate", l.final_learning_rate, 0, 1,
           "the rate falls linearly to this over the second half of training");
  d.Number("learner.value_weight", l.value_weight, 0, 1e6, "weight of the squared value error");
  d.Number("learner.goal_weight", l.goal_weight, 0, 1e6,
           "weight of the goal's cross entropy; by ppo an assistant's only");
  d.Number("learner.human_weight", l.human_weight, 0, 1e6, "weight of the human action loss");
  d.Number(
      "learner.goal_kl_weight", l.goal_kl_weight, 0, 1e6,
      "price of moving the goal prediction from the one that plays, at the end of training; rises "
      "from 0; in self-play alone");
  d.Number("learner.max_gradient_norm", l.max_gradient_norm, 1e-6, 1e9,
           "gradients are clipped to it");
  d.Number("learner.ema_decay", l.ema_decay, 0, 1,
           "of a moving average of the parameters, which acts in place of the newest; 0: none");
  d.Integer("learner.window", l.window, 1, 1000000000,
            "timesteps in the replay window; of several learners each has its part");
  d.Integer("learner.start_timesteps", l.start_timesteps, 1, 1000000000,
            "learning starts with so many timesteps in the replay window");
  d.Number("learner.passes", l.passes, 1e-3, 1e6,
           "how often a timestep is learnt from, on average; of self-play at most");
  d.Number(
      "learner.min_passes", l.min_passes, 0, 1e6,
      "self-play waits while a timestep would be learnt from less often than this, on average, so "
      "that it takes no time from the learner; 0: it never waits");
  d.Flag("learner.mirror", l.mirror, "mirror sampled positions at random");
  d.Number("learner.permute_blocks", l.permute_blocks, 0, 1,
           "probability of renaming the block types of a sampled position");
  d.Number("learner.checkpoint_seconds", l.checkpoint_seconds, 0.1, 86400,
           "a checkpoint is written so often");
  d.Integer("learner.keep_checkpoints", l.keep_checkpoints, 0, 1000000,
            "so many of the newest checkpoints are kept, beside the first of every doubling of "
            "steps; 0: all");
  d.Integer("learner.max_steps", l.max_steps, 1, INT64_MAX, "training ends after so many steps");
  d.Number("learner.max_minutes", l.max_minutes, 0, 1e9,
           "or after so many minutes of learning, restarts included; 0: no limit");

  PpoSettings& p = c.ppo;
  d.Integer("ppo.environments", p.environments, 1, 4096, "episodes played side by side");
  d.Integer("ppo.rollout_length", p.rollout_length, 1, 65536,
            "timesteps in each of them between updates");
  d.Integer("ppo.epochs", p.epochs, 1, 1000, "passes over a rollout, at most");
  d.Number("ppo.clip", p.clip, 1e-3, 1, "ratios of probabilities count up to 1 +- this");
  d.Number("ppo.gae_lambda", p.gae_lambda, 0, 1,
           "advantages: 0 trusts the value, 1 what was gained");
  d.Number("ppo.target_kl", p.target_kl, 0, 1e6,
           "an update ends once the policy has moved so far from the one that played; 0: never");
  DeclareSchedule(d, "ppo.type_entropy", p.type_entropy,
                  "bonus for the entropy over types of actions, over the timesteps of training");
  DeclareSchedule(d, "ppo.location_entropy", p.location_entropy,
                  "the same for locations and blocks within a type");
  DeclareSchedule(d, "ppo.place_block_weight", p.place_block_weight,
                  "weight of the cross entropy of the goal's block among those that may be placed, "
                  "where it may be; 0: none");

  EvaluationConfig& e = c.evaluation;
  d.Text("evaluation.goals", e.goals, env::kGoalSpecs, "houses to evaluate on");
  d.Integer("evaluation.episodes", e.episodes, 1, 1000000, "houses");
  d.Integer("evaluation.seed", e.seed, 0, INT64_MAX, "of houses, builders and start locations");
  d.Integer("evaluation.simulations", e.simulations, 1, 100000, "simulations of a move");
  d.Flag("evaluation.greedy", e.greedy, "plays the best action; else draws from the policy");
  d.Number(
      "evaluation.threshold", e.threshold, 0.5, 1,
      "an assistant that carries out its belief makes an edit if it believes with at least this "
      "probability that the edit is right");
  d.Flag("evaluation.mirror_images", e.mirror_images,
         "beliefs that are carried out are averaged over the world and its mirror images, each of "
         "which costs an evaluation");
  d.Integer("evaluation.threads", e.threads, 0, 1024,
            "threads that play; 0: as many as the processor has");
  return d;
}

}  // namespace hod::engine
