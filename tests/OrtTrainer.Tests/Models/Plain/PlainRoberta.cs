namespace OrtTrainer.Tests.Models.Plain;

/// <summary>
/// RoBERTa (Liu et al., 2019): BERT whose positions begin after the padding id, whose tokens are all of one segment,
/// and whose head has a layer of its own.
/// </summary>
internal sealed class PlainRoberta(
    PlainShape shape, Func<string, int, int, double[,]> weights, string modelType = "roberta",
    string family = "roberta")
    : PlainBert(shape, weights)
{
    public override int PaddingId => 1;

    protected override string ModelType => modelType;

    protected override string Family => family;

    protected override int FirstPosition => PaddingId + 1;

    protected override Tensor MaskedHead(Tensor state) =>
        MaskedHead(Family, "lm_head.dense", "lm_head.layer_norm", "lm_head", state, Gelu);

    protected override Tensor Head(Tensor first)
    {
        Tensor x = Tanh(Linear("classifier.dense", Shape.Width, Shape.Width, first));
        return Linear("classifier.out_proj", Shape.Width, Shape.Outputs, x);
    }
}
