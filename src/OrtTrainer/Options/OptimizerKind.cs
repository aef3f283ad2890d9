namespace OrtTrainer.Options;

/// <summary>The optimizers a run can step with.</summary>
public enum OptimizerKind
{
    /// <summary>Adam with decoupled weight decay (Loshchilov and Hutter 2019).</summary>
    Adamw,

    /// <summary>Stochastic gradient descent with momentum, in PyTorch's form.</summary>
    Sgd,

    /// <summary>Adafactor (Shazeer and Stern 2018) without momentum, in PyTorch's form.</summary>
    Adafactor,
}
