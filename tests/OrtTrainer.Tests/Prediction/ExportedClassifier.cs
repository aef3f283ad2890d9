using OrtTrainer.Data;
using OrtTrainer.Export;
using OrtTrainer.Tasks;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Export;

namespace OrtTrainer.Tests.Prediction;

/// <summary>A tiny classifier and the folder it was exported to.</summary>
internal sealed class ExportedClassifier : IDisposable
{
    private readonly TemporaryFolder _output = new();

    public ExportedClassifier(string architecture, ModelTask task)
    {
        Tiny = TinyClassifier.Of(architecture, task);
        ModelExporter.Export(_output.Path, Tiny.Model, TinyClassifier.Provenance);
    }

    public TinyClassifier Tiny { get; }

    public string Folder => _output.Path;

    public void Dispose()
    {
        Tiny.Dispose();
        _output.Dispose();
    }
}
