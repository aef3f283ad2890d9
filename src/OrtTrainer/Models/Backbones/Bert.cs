using OrtTrainer.Checkpoints;
using OrtTrainer.Graph;
using OrtTrainer.Models.Building;

namespace OrtTrainer.Models.Backbones;

/// <summary>BERT (Devlin et al., 2019), whose head takes the pooled first token.</summary>
internal sealed class Bert(ModelConfig config) : PostNormEncoder(config, new())
{
    public override string ClassPrefix => "Bert";

    public override string BasePrefix => "bert.";

    public override Value SequenceHead(ModelBuilder m, long outputs, Value hidden)
    {
        int width = Shape.Width;
        Value pooled = m.Graph.Tanh(m.Linear(BasePrefix + "pooler.dense", width, width, m.FirstToken(hidden)));
        return m.OutputLayer("classifier", width, outputs, m.Dropout(TokenDropout, pooled));
    }
}
