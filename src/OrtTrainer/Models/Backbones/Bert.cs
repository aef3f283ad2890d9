using OrtTrainer.Checkpoints;
using OrtTrainer.Graph;
using OrtTrainer.Models.Building;

namespace OrtTrainer.Models.Backbones;

/// <summary>BERT (Devlin et al., 2019), whose head takes the pooled first token.</summary>
internal sealed class Bert(ModelConfig config) : PostNormEncoder(config, new())
{
    public override string ClassPrefix => "Bert";

    public override string BasePrefix => "bert.";

    public override Value SequenceHead(ModelBuilder m, long outputs, Value hidden) =>
        PooledHead(m, outputs, hidden, "pooler.dense");

    public override Value MaskedTokenHead(ModelBuilder m, Value hidden) =>
        BertMaskedTokenHead(m, hidden);
}
