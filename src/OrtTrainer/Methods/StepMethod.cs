namespace OrtTrainer.Methods;

/// <summary>How an optimizer step is taken.</summary>
public abstract record StepMethod : MethodPart
{
    private protected StepMethod()
    {
    }

    internal sealed override string Meaning => "how a step is taken";

    internal sealed override string Section => "Step";

    internal sealed override MethodPart? Rival(FineTuneMethod method) => method.Step;

    internal sealed override FineTuneMethod JoinTo(FineTuneMethod method) => method with { Step = this };
}
