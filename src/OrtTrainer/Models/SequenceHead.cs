using OrtTrainer.Graph;
using OrtTrainer.Models.Building;

namespace OrtTrainer.Models;

/// <summary>A row of outputs per sequence, by the pooled head of the family.</summary>
/// <param name="outputs">Classes, labels or values, K.</param>
internal sealed class SequenceHead(int outputs) : ModelHead(outputs)
{
    public override OutputRows Rows => OutputRows.PerSequence;

    public override string ClassSuffix => "ForSequenceClassification";

    public override string PeftTask => "SEQ_CLS";

    public override bool ReadsFirstTokens(Architecture architecture) => architecture.PoolsFirstToken;

    public override Value Build(ModelBuilder m, Architecture architecture, Value hidden) =>
        architecture.SequenceHead(m, Outputs, hidden);
}
