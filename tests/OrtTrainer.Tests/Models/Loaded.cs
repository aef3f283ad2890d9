using OrtTrainer.Checkpoints;
using OrtTrainer.Models;
using OrtTrainer.Runtime;

namespace OrtTrainer.Tests.Models;

/// <summary>A model's parameters as they were read from its folder.</summary>
internal sealed class Loaded : IDisposable
{
    private readonly WeightBuffer _parameters;

    /// <param name="model">Disposed with this.</param>
    /// <param name="outputs">The width of the head.</param>
    /// <param name="labels">The names of the outputs; null for none.</param>
    public Loaded(PretrainedModel model, int outputs, IReadOnlyList<string>? labels = null)
    {
        Model = model;
        Layout = PackedGraph.Evaluation(model.Architecture, new SequenceHead(outputs)).Layout;
        _parameters = new WeightBuffer(Device.Default, Layout.Length);
        Initialized = model.Load(Layout, _parameters, seed: 1, labels);
    }

    public PretrainedModel Model { get; }

    public ParameterLayout Layout { get; }

    public IReadOnlyList<string> Initialized { get; }

    public float[] Values(string name)
    {
        ParameterSpec parameter = Layout.Parameters.Single(p => p.Name == name);
        return _parameters.Slice(Layout.OffsetOf(parameter), (int)parameter.Length).ToArray();
    }

    /// <summary>Every parameter that was not started at random has exactly the values of a file.</summary>
    /// <param name="path">A safetensors file.</param>
    /// <param name="nameInFile">What the file calls a parameter.</param>
    public void AssertEqualsFile(string path, Func<string, string> nameInFile)
    {
        using SafetensorsFile file = SafetensorsFile.OpenFile(path);
        foreach (ParameterSpec parameter in Layout.Parameters.Where(p => !Initialized.Contains(p.Name)))
        {
            float[] expected = new float[parameter.Length];
            file.ReadFloats(nameInFile(parameter.Name), expected);
            Assert.That(Values(parameter.Name), Is.EqualTo(expected), parameter.Name);
        }
    }

    public void Dispose()
    {
        _parameters.Dispose();
        Model.Dispose();
    }
}
