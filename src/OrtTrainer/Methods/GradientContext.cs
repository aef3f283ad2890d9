using OrtTrainer.Models;
using OrtTrainer.Runtime.Updates;
using OrtTrainer.Training;

namespace OrtTrainer.Methods;

/// <summary>What a part that changes gradients can work with.</summary>
/// <param name="Layout">Where the parameters lie.</param>
/// <param name="State">The weights, as loaded.</param>
/// <param name="Updates">Makes the passes over the weights.</param>
/// <param name="Seed">The run's seed.</param>
internal sealed record GradientContext(ParameterLayout Layout, TrainingState State, WeightUpdates Updates, long Seed);
