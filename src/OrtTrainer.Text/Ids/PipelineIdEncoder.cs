namespace OrtTrainer.Text.Ids;

/// <summary>Encodes every text the long way.</summary>
internal sealed class PipelineIdEncoder(TokenPipeline pipeline) : IdEncoder(pipeline)
{
    /// <inheritdoc/>
    protected override void AppendPlain(ReadOnlySpan<char> text, List<int> ids) => AppendByPipeline(text, ids);
}
