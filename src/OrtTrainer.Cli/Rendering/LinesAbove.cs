using Spectre.Console.Rendering;

namespace OrtTrainer.Cli.Rendering;

/// <summary>
/// Text that stays above bars that are being drawn. The cursor stands where the bars begin and they are drawn anew
/// below the text, so what is left of them is erased first; otherwise it would show behind a text that is shorter.
/// </summary>
internal sealed class LinesAbove(string text) : IRenderable
{
    private const string EraseToEndOfScreen = "\u001b[J";

    public Measurement Measure(RenderOptions options, int maxWidth) => new(maxWidth, maxWidth);

    public IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
    {
        yield return Segment.Control(EraseToEndOfScreen);
        foreach (string line in text.ReplaceLineEndings("\n").Split('\n'))
        {
            foreach (string part in WrappedLine.Of(line, maxWidth))
            {
                yield return new Segment(part);
                yield return Segment.LineBreak;
            }
        }
    }
}
