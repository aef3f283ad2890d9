namespace OrtTrainer.Text.Templates;

/// <summary>A template that cannot be read, or not be rendered with what it is given.</summary>
/// <param name="problem">What is wrong.</param>
/// <param name="place">Where; null where only the one who calls knows.</param>
internal sealed class TemplateException(string problem, Place? place = null)
    : Exception(place is null ? problem : $"{place}: {problem}")
{
    /// <summary>Whether the message says where.</summary>
    public bool IsPlaced => place is not null;

    /// <summary>The same, with its place.</summary>
    public TemplateException At(Place where) => new(problem, where);
}
