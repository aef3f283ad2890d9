using OrtTrainer.Graph;
using OrtTrainer.Models.Building;

namespace OrtTrainer.Models;

/// <summary>Logits of the whole vocabulary for what follows chosen tokens, by the family's own head.</summary>
/// <param name="vocabulary">Tokens of the model, K.</param>
internal sealed class NextTokenHead(int vocabulary) : ModelHead(vocabulary)
{
    public override OutputRows Rows => OutputRows.PerChosenToken;

    public override string ClassSuffix => "ForCausalLM";

    public override string PeftTask => "CAUSAL_LM";

    public override bool WritesOn => true;

    public override Value Build(ModelBuilder m, Architecture architecture, Value hidden) =>
        architecture.NextTokenHead(m, hidden);
}
