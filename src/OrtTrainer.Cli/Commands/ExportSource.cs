using OrtTrainer.Export;

namespace OrtTrainer.Cli.Commands;

/// <summary>What is to be exported.</summary>
/// <param name="Model">The model; its weights are disposed with this.</param>
/// <param name="Provenance">Where it comes from.</param>
/// <param name="Description">The weights in words.</param>
internal sealed record ExportSource(FineTunedModel Model, Provenance Provenance, string Description) : IDisposable
{
    public void Dispose() => Model.Parameters.Dispose();
}
