namespace OrtTrainer.Hub;

/// <summary>What of a model a command needs.</summary>
internal enum HubContent
{
    /// <summary>Configuration and tokenizer.</summary>
    Description,

    /// <summary>These and weights as safetensors.</summary>
    Weights,

    /// <summary>These, or an ONNX graph where there are no such weights.</summary>
    WeightsOrGraph,

    /// <summary>Weights and ONNX graphs, whatever there is.</summary>
    All,
}
