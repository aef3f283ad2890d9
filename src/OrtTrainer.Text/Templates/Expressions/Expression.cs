using System.Runtime.CompilerServices;

namespace OrtTrainer.Text.Templates.Expressions;

/// <summary>What has a value.</summary>
/// <param name="Place">Where it stands, for messages.</param>
internal abstract record Expression(Place Place)
{
    /// <summary>Its value for the names in sight.</summary>
    /// <exception cref="TemplateException">It has none.</exception>
    public object? Value(Scope scope)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        try
        {
            return Compute(scope);
        }
        catch (TemplateException failure) when (!failure.IsPlaced)
        {
            throw failure.At(Place);
        }
    }

    private protected abstract object? Compute(Scope scope);
}
