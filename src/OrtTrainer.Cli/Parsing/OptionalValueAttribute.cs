namespace OrtTrainer.Cli.Parsing;

/// <summary>Marks an option that may stand without its value.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class OptionalValueAttribute : Attribute
{
    /// <summary>The value of an option that stands without one; no path or name is a lone control character.</summary>
    public const string LeftOut = "\u0001";
}
