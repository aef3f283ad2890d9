using OrtTrainer.Checkpoints;
using OrtTrainer.Graph;
using OrtTrainer.Models.Building;

namespace OrtTrainer.Models.Backbones;

/// <summary>
/// ERNIE (Sun et al., 2020): BERT with, from its second version on, an embedding of the task added to every token's,
/// which is that of task 0 as in Hugging Face's implementation.
/// </summary>
internal sealed class Ernie(ModelConfig config) : PostNormEncoder(config, new())
{
    public override string ClassPrefix => "Ernie";

    public override string BasePrefix => "ernie.";

    public override Value SequenceHead(ModelBuilder m, long outputs, Value hidden) =>
        PooledHead(m, outputs, hidden, "pooler.dense");

    public override Value MaskedTokenHead(ModelBuilder m, Value hidden) => BertMaskedTokenHead(m, hidden);

    protected override IEnumerable<EmbeddingTable> OtherTables(ModelBuilder m, string prefix)
    {
        if (!Config.GetBool("use_task_id", false))
        {
            return [];
        }

        int tasks = Config.Size("task_type_vocab_size", SizeRange.TokenTypes, defaultValue: 3);
        Value first = m.Graph.Mul(m.InputIds, m.Graph.Constant(0L));
        return [new(prefix + "task_type_embeddings", tasks, first)];
    }
}
