using OrtTrainer.Runtime;

namespace OrtTrainer.Tests.Runtime;

/// <summary>Native objects that are open now; what an action leaves open is a leak.</summary>
/// <param name="Buffers">Buffers of weights that are not disposed.</param>
/// <param name="Sessions">Sessions that are not freed, which their bindings hold too.</param>
internal readonly record struct OpenObjects(int Buffers, int Sessions)
{
    public static OpenObjects Now => new(WeightBuffer.Open, SessionHandle.Open);

    /// <summary>Fails if an action leaves more or fewer open than there were.</summary>
    public static void AssertSameAfter(Action action)
    {
        OpenObjects before = Now;
        action();
        Assert.That(Now, Is.EqualTo(before));
    }
}
