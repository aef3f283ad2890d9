namespace OrtTrainer.Text.Templates;

/// <summary>Where something stands in a template.</summary>
/// <param name="Line">Counted from 1.</param>
/// <param name="Column">Counted from 1, in UTF-16 units.</param>
internal readonly record struct Place(int Line, int Column)
{
    public override string ToString() => $"line {Line}, column {Column}";
}
