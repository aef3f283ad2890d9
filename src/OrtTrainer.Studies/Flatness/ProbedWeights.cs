using OrtTrainer.Checkpoints;
using OrtTrainer.Models;
using OrtTrainer.Runtime;

namespace OrtTrainer.Studies.Flatness;

/// <summary>A set of weights to measure.</summary>
/// <param name="Name">What it is called in the report.</param>
/// <param name="Values">The weights, in the model's layout, [n].</param>
internal sealed record ProbedWeights(string Name, WeightBuffer Values) : IDisposable
{
    /// <summary>Reads a safetensors file with the model's tensor names.</summary>
    /// <exception cref="CheckpointException">The file is damaged or lacks a tensor of the model.</exception>
    public static ProbedWeights Read(string name, string file, ParameterLayout layout)
    {
        WeightBuffer values = new(Device.Default, layout.Length);
        try
        {
            layout.Fill(values, file);
            return new ProbedWeights(name, values);
        }
        catch
        {
            values.Dispose();
            throw;
        }
    }

    public void Dispose() => Values.Dispose();
}
