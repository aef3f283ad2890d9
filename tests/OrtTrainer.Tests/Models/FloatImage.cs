using System.Runtime.InteropServices;
using OrtTrainer.Images;

namespace OrtTrainer.Tests.Models;

/// <summary>An image whose values are given as the model takes them.</summary>
internal sealed record FloatImage(ImageShape Size, float[] Values) : ImageInput
{
    public override ImageShape Shape => Size;

    public override ReadOnlySpan<byte> Content => MemoryMarshal.AsBytes(Values.AsSpan());

    public override void Write(Span<float> values) => Values.CopyTo(values);
}
