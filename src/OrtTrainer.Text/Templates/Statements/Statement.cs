using System.Runtime.CompilerServices;

namespace OrtTrainer.Text.Templates.Statements;

/// <summary>What a statement says about how the loop around it goes on.</summary>
internal enum Flow
{
    /// <summary>With the next statement.</summary>
    On,

    /// <summary>With the next item.</summary>
    NextItem,

    /// <summary>Behind the loop.</summary>
    Ended,
}

/// <summary>What writes, sets or decides.</summary>
/// <param name="Place">Where it stands, for messages.</param>
internal abstract record Statement(Place Place)
{
    /// <exception cref="TemplateException">It cannot be run.</exception>
    public Flow Run(Scope scope)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        try
        {
            return RunIn(scope);
        }
        catch (TemplateException failure) when (!failure.IsPlaced)
        {
            throw failure.At(Place);
        }
    }

    private protected abstract Flow RunIn(Scope scope);
}

/// <summary>Statements one after the other.</summary>
internal sealed record Body(IReadOnlyList<Statement> Statements)
{
    public Flow Run(Scope scope)
    {
        foreach (Statement statement in Statements)
        {
            if (statement.Run(scope) is not Flow.On and var flow)
            {
                return flow;
            }
        }

        return Flow.On;
    }
}
