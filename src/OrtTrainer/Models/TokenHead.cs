using OrtTrainer.Graph;
using OrtTrainer.Models.Building;

namespace OrtTrainer.Models;

/// <summary>A row of outputs per token, by one linear layer on what the family makes of its states.</summary>
/// <param name="outputs">Tags or values, K.</param>
internal class TokenHead(int outputs) : ModelHead(outputs)
{
    public override OutputRows Rows => OutputRows.PerToken;

    public override string ClassSuffix => "ForTokenClassification";

    public override string PeftTask => "TOKEN_CLS";

    public override Value Build(ModelBuilder m, Architecture architecture, Value hidden) => m.OutputLayer(
        LayerOf(architecture), architecture.Shape.Width, Outputs,
        architecture.TokenFeatures(m, hidden, DropoutOf(architecture)));

    /// <summary>The name of the linear layer in a checkpoint.</summary>
    protected virtual string LayerOf(Architecture architecture) => "classifier";

    /// <summary>The probability of dropout before the layer.</summary>
    protected virtual float DropoutOf(Architecture architecture) => architecture.TokenDropout;
}
