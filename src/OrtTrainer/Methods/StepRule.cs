namespace OrtTrainer.Methods;

/// <summary>What is done around the optimizer's step.</summary>
public enum StepRule
{
    /// <summary>Nothing.</summary>
    Plain,

    /// <summary>The gradient is taken uphill, where the loss nearby is worst (Foret et al. 2021).</summary>
    Sam,

    /// <summary>The same with a neighbourhood that scales with each weight (Kwon et al. 2021).</summary>
    Asam,

    /// <summary>Slow weights follow the live ones, which go on from there (Zhang et al. 2019).</summary>
    Lookahead,
}
