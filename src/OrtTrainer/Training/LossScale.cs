using System.Text.Json.Serialization;

namespace OrtTrainer.Training;

/// <summary>
/// What the loss of products in float16 is multiplied with, so that gradients neither vanish nor overflow: dynamic
/// scaling with the constants of PyTorch's GradScaler (Micikevicius et al., 2018, section 3.2). It is a power of two,
/// so that gradients without overflow have the bits of those without it. After a step whose gradients are not finite,
/// which is left out, it is halved; after 2,000 steps in a row that are finite, doubled.
/// </summary>
internal sealed class LossScale
{
    /// <summary>Steps in a row after which it grows.</summary>
    public const int GrowthInterval = 2000;

    /// <summary>The least scale, 2^-13: if gradients still overflow there, no scale helps.</summary>
    public const float Least = 1f / 8192;

    private const float Growth = 2, Backoff = 0.5f;

    /// <summary>What runs begin with: 65,536 unless a test wants another.</summary>
    internal static float First { get; set; } = 65536;

    /// <summary>The scale of now and all that decides how it goes on.</summary>
    public LossScaleState State { get; private set; } = new(First, 0, 0);

    /// <summary>What the loss is multiplied with.</summary>
    public float Value => State.Value;

    /// <summary>Steps that were left out so far.</summary>
    public long SkippedSteps => State.SkippedSteps;

    /// <summary>Whether one overflow more would leave a scale that is too small to help.</summary>
    public bool IsExhausted => Value * Backoff < Least;

    /// <summary>Takes in a step that was done.</summary>
    public void AddStep()
    {
        bool grows = State.GoodSteps + 1 == GrowthInterval;
        State = State with
        {
            Value = grows && float.IsFinite(Value * Growth) ? Value * Growth : Value,
            GoodSteps = grows ? 0 : State.GoodSteps + 1,
        };
    }

    /// <summary>Takes in a step that was left out, as its gradients were not finite.</summary>
    public void AddOverflow() => State = new(Value * Backoff, 0, SkippedSteps + 1);

    /// <summary>Goes on as a saved run would.</summary>
    public void Restore(LossScaleState state) => State = state;
}

/// <summary>What a checkpoint keeps of a <see cref="LossScale"/>.</summary>
/// <param name="Value">The scale.</param>
/// <param name="GoodSteps">Finite steps in a row since it last changed.</param>
/// <param name="SkippedSteps">Steps that were left out.</param>
internal readonly record struct LossScaleState(
    [property: JsonRequired] float Value, [property: JsonRequired] int GoodSteps,
    [property: JsonRequired] long SkippedSteps);
