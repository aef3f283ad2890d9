namespace OrtTrainer.Methods;

/// <summary>How weights are averaged beside training them.</summary>
public abstract record AveragingMethod : MethodPart
{
    private protected AveragingMethod()
    {
    }

    internal sealed override string Meaning => "how weights are averaged";

    internal sealed override string Section => "Weight averaging";

    internal sealed override MethodPart? Rival(FineTuneMethod method) => method.Average;

    internal sealed override FineTuneMethod JoinTo(FineTuneMethod method) => method with { Average = this };
}
