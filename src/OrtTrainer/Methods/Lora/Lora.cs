using System.Globalization;
using OrtTrainer.Common;
using OrtTrainer.Graph;
using OrtTrainer.Models;
using OrtTrainer.Models.Building;

namespace OrtTrainer.Methods;

/// <summary>
/// LoRA (Hu et al. 2021, arXiv:2106.09685), which stands beside any method: the pre-trained weights stay as they are,
/// and low-rank adapters of some linear layers are trained with whatever of the head is new.
/// </summary>
internal sealed record Lora : RunPart
{
    private const string Form =
        "r=8,alpha=16,targets=query+value,dropout=0.05,rslora=yes, any of which may be left out";

    /// <summary>Of the adapters, 1 or more.</summary>
    public int Rank { get; private init; } = 8;

    /// <summary>What their outputs are multiplied with, times the rank: above 0.</summary>
    public double Alpha { get; private init; } = 16;

    /// <summary>The layers that have one; empty for those that make the queries and values of attention.</summary>
    public IReadOnlyList<string> Targets { get; private init; } = [];

    /// <summary>The probability of dropout before an adapter, in [0, 1).</summary>
    public double Dropout { get; private init; }

    /// <summary>Whether outputs are divided by the root of the rank, not the rank (Kalajdzievski 2023,
    /// arXiv:2312.03732).</summary>
    public bool IsStabilized { get; private init; }

    /// <summary>What the adapters' outputs are multiplied with.</summary>
    public double Scale => Alpha / (IsStabilized ? Math.Sqrt(Rank) : Rank);

    // Adapters start at 0 and take higher rates than the weights beside them. Hu et al. have 4e-4 to 5e-4 for many
    // epochs of RoBERTa; a small encoder learns next to nothing by that in one.
    internal override double? DefaultLearningRate => 1e-3;

    internal override string StepText => string.Create(CultureInfo.InvariantCulture,
        $"LoRA of rank {Rank}, scale {Scale:G4}{(Dropout > 0 ? $", dropout {Dropout}" : "")}");

    /// <summary>Reads settings such as <c>r=8,alpha=16,targets=q_proj+v_proj,dropout=0.05</c>.</summary>
    /// <exception cref="ArgumentException">A setting is unknown, stands twice or has no such value.</exception>
    public static Lora Parse(string text)
    {
        Lora lora = new();
        HashSet<string> seen = [];
        foreach (string part in text.Split(','))
        {
            string[] pair = part.Split('=', 2);
            if (pair.Length < 2 || !seen.Add(pair[0]) || lora.With(pair[0], pair[1]) is not { } next)
            {
                throw new ArgumentException(
                    $"{nameof(Lora)} has '{part}'; expected {Form}: r is 1 or more, alpha above 0, dropout from 0 to "
                    + "below 1, rslora yes or no.");
            }

            lora = next;
        }

        return lora;
    }

    /// <summary>What is trained of a model.</summary>
    /// <param name="model">The pre-trained model.</param>
    /// <param name="head">What stands on it.</param>
    /// <param name="frozenLayers">How many layers, the first ones, have no adapters and run apart; null for
    /// none.</param>
    /// <exception cref="RunException">A target is no linear layer of the model, or there are none.</exception>
    internal AdapterPlan PlanOf(PretrainedModel model, ModelHead head, int? frozenLayers = null) =>
        PlanOf(model.Architecture, head, model.Has, frozenLayers);

    /// <summary>As the other.</summary>
    /// <param name="architecture">The encoder.</param>
    /// <param name="head">What stands on it.</param>
    /// <param name="has">Whether the pre-trained weights have a parameter; null where nobody has seen them: all of what
    /// a task puts on the model is trained then, and nothing else of the head.</param>
    /// <param name="frozenLayers">How many layers, the first ones, have no adapters and run apart; null for
    /// none.</param>
    /// <inheritdoc cref="PlanOf(PretrainedModel, ModelHead, int?)" path="/exception"/>
    internal AdapterPlan PlanOf(
        Architecture architecture, ModelHead head, Func<ParameterSpec, bool>? has, int? frozenLayers = null)
    {
        PackedModelBuilder m = new(new GraphBuilder("layers"), training: false);
        _ = head.Build(m, architecture, architecture.Encode(m, head));
        string[] layers = [.. m.LinearLayers];
        string[] targets = [.. Targets.Count > 0 ? Targets : m.AttentionTargets];
        if (targets.Length == 0)
        {
            throw new RunException($"{architecture.Config.Path}: {architecture.ModelType} has no attention, whose "
                + "layers LoRA adapts. Leave --lora out.");
        }

        if (targets.FirstOrDefault(target => !layers.Any(l => LowRankAdapters.IsNamed(l, target))) is { } unknown)
        {
            throw new RunException($"{architecture.Config.Path}: no linear layer below the head is called '{unknown}', "
                + $"which is a target of LoRA; there are {string.Join(", ", LastWords(layers))}.");
        }

        ParameterSpec[] inHead =
            [.. m.Views.SelectMany(view => view.Parts).Where(parameter => parameter.Place.IsHead)];
        bool hasOutputLayer = inHead.Any(parameter => parameter.HasRowPerOutput);
        return new(
            new LowRankAdapters(Rank, (float)Scale, (float)Dropout, targets),
            inHead.Where(parameter => IsNew(parameter) || (hasOutputLayer && IsBeyondModel(parameter)))
                .Select(parameter => parameter.Name).ToHashSet())
        {
            FrozenLayers = frozenLayers,
        };

        bool IsNew(ParameterSpec parameter) => has is null ? hasOutputLayer : !has(parameter);

        // What a task puts on a model is trained even where an earlier run has trained it, as PEFT does.
        bool IsBeyondModel(ParameterSpec parameter) =>
            !parameter.Name.StartsWith(architecture.BasePrefix, StringComparison.Ordinal);
    }

    private Lora? With(string name, string value) => name switch
    {
        "r" => int.TryParse(value, CultureInfo.InvariantCulture, out int rank) && rank > 0
            ? this with { Rank = rank } : null,
        "alpha" => Number(value) is > 0 and { } alpha ? this with { Alpha = alpha } : null,
        "dropout" => Number(value) is >= 0 and < 1 and { } dropout ? this with { Dropout = dropout } : null,
        "rslora" => value is "yes" or "no" ? this with { IsStabilized = value == "yes" } : null,
        "targets" => value.Split('+') is var targets && targets.All(target => target.Trim().Length > 0)
            ? this with { Targets = [.. targets.Distinct().Order(StringComparer.Ordinal)] } : null,
        _ => null,
    };

    private static double? Number(string value) =>
        double.TryParse(value, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number)
            ? number
            : null;

    private static IEnumerable<string> LastWords(IEnumerable<string> layers) =>
        layers.Select(layer => layer.Split('.')[^1]).Distinct().Order(StringComparer.Ordinal);

    /// <summary>The settings as they are read.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"r={Rank},alpha={Alpha}{(Targets.Count > 0 ? $",targets={string.Join('+', Targets)}" : "")}"
        + $"{(Dropout > 0 ? $",dropout={Dropout}" : "")}{(IsStabilized ? ",rslora=yes" : "")}");
}
