namespace OrtTrainer.Methods;

/// <summary>
/// A part of a method, with its settings: what the loss is, how a step is taken, or how weights are averaged. A new one
/// is a folder beside this file and a line in the list of methods.
/// </summary>
public abstract record MethodPart : RunPart
{
    private protected MethodPart()
    {
    }

    /// <summary>Its word in options and on the command line, in kebab-case.</summary>
    internal abstract string Word { get; }

    /// <summary>Its settings' name in options.json and study files.</summary>
    internal string Key => Word.Replace('-', '_');

    /// <summary>What parts of its kind say, of which a method has one at most.</summary>
    internal abstract string Meaning { get; }

    /// <summary>The heading of its settings on the command line.</summary>
    internal abstract string Section { get; }

    /// <summary>The part of its kind that a method has; null for none.</summary>
    internal abstract MethodPart? Rival(FineTuneMethod method);

    /// <summary>The method with this in place of the part of its kind.</summary>
    internal abstract FineTuneMethod JoinTo(FineTuneMethod method);
}
