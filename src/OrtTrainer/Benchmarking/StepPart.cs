namespace OrtTrainer.Benchmarking;

/// <summary>What a training step consists of, as a profile adds it up.</summary>
internal enum StepPart
{
    /// <summary>Linear layers and their gradients.</summary>
    Products,

    /// <summary>Attention and its gradient.</summary>
    Attention,

    /// <summary>The activation of feed-forward blocks.</summary>
    Activation,

    /// <summary>Norms, with the residual sum and dropout that are fused into them.</summary>
    Norms,

    /// <summary>Dropout by itself.</summary>
    Dropout,

    /// <summary>Rows of embeddings and the gradients of their tables.</summary>
    Embedding,

    /// <summary>The loss from the logits on.</summary>
    Loss,

    /// <summary>All other operators.</summary>
    OtherOperators,

    /// <summary>ONNX Runtime's own time between kernels.</summary>
    BetweenOperators,

    /// <summary>Gradient norm, clipping, AdamW and average.</summary>
    OptimizerAndAverage,

    /// <summary>The rest of the step: the batch laid out and handed over.</summary>
    AroundIt,
}
