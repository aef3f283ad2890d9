using OrtTrainer.Models;
using OrtTrainer.Runtime;

namespace OrtTrainer.Training;

/// <summary>Weights that graphs read and that stay as they are.</summary>
internal interface IFrozenWeights
{
    /// <summary>Where a parameter lies.</summary>
    (WeightBuffer Weights, long Offset) Find(ParameterView frozen);
}
