using OrtTrainer.Graph;
using OrtTrainer.Models.Building;

namespace OrtTrainer.Models;

/// <summary>A row of outputs per token: dropout and one linear layer, which every family has alike.</summary>
/// <param name="outputs">Tags or values, K.</param>
internal class TokenHead(int outputs) : ModelHead(outputs)
{
    public override OutputRows Rows => OutputRows.PerToken;

    public override string ClassSuffix => "ForTokenClassification";

    /// <summary>The name of the linear layer in a checkpoint.</summary>
    protected virtual string LayerName => "classifier";

    public override Value Build(ModelBuilder m, Architecture architecture, Value hidden) => m.OutputLayer(
        LayerName, architecture.Shape.Width, Outputs, m.Dropout(DropoutOf(architecture), hidden));

    /// <summary>The probability of dropout before the layer.</summary>
    protected virtual float DropoutOf(Architecture architecture) => architecture.TokenDropout;
}
