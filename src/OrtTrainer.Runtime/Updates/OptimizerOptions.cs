namespace OrtTrainer.Runtime.Updates;

/// <summary>Constants of an optimizer; the learning rate is given step by step.</summary>
public abstract record OptimizerOptions
{
    /// <summary>Makes the optimizer with its state, zero.</summary>
    /// <param name="updates">Makes it on a device.</param>
    /// <param name="layout">Where the tensors lie.</param>
    public abstract Optimizer Create(WeightUpdates updates, WeightLayout layout);
}
