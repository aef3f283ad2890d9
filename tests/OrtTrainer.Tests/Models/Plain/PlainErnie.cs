namespace OrtTrainer.Tests.Models.Plain;

/// <summary>ERNIE (Sun et al., 2020): BERT whose tokens have the embedding of the first task added.</summary>
internal sealed class PlainErnie(PlainShape shape, Func<string, int, int, double[,]> weights)
    : PlainBert(shape, weights)
{
    private const int Tasks = 4;

    protected override string Family => "ernie";

    protected override string MoreFields => $"\"use_task_id\": true, \"task_type_vocab_size\": {Tasks}, ";

    protected override Tensor Extend(int tokens, Tensor x) =>
        Tape.Add(x, Embedding("ernie.embeddings.task_type_embeddings", Tasks, new int[tokens]));
}
