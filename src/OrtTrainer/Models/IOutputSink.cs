namespace OrtTrainer.Models;

/// <summary>Takes in a model's outputs batch by batch, in any order of the examples.</summary>
internal interface IOutputSink
{
    /// <summary>Takes in the outputs of some examples; the batch must not be kept.</summary>
    void Add(OutputBatch batch);
}
