namespace OrtTrainer.Tests.Models.Plain;

/// <summary>
/// ELECTRA (Clark et al., 2020): BERT whose embeddings go through a linear layer where they are of another width, and
/// whose head has a layer of its own.
/// </summary>
internal sealed class PlainElectra(PlainShape shape, Func<string, int, int, double[,]> weights)
    : PlainBert(shape, weights)
{
    protected override string Family => "electra";

    protected override Tensor Embed(int[] ids, int[] types)
    {
        Tensor x = base.Embed(ids, types);
        return EmbeddingWidth == Shape.Width
            ? x
            : Linear("electra.embeddings_project", EmbeddingWidth, Shape.Width, x);
    }

    protected override Tensor MaskedHead(Tensor state) => MaskedHead(
        Family, "generator_predictions.dense", "generator_predictions.LayerNorm", "generator_lm_head", state, Gelu);

    protected override Tensor Head(Tensor first)
    {
        Tensor x = Gelu(Linear("classifier.dense", Shape.Width, Shape.Width, first));
        return Linear("classifier.out_proj", Shape.Width, Shape.Outputs, x);
    }
}
