using OrtTrainer.Text.PostProcessing;

namespace OrtTrainer.Text.Loading;

/// <summary>Reads the post-processor of tokenizer.json into a template and the trimming of offsets.</summary>
internal sealed class PostProcessorReader
{
    /// <summary>Where special tokens go.</summary>
    public SequenceTemplate Template { get; private set; } = SequenceTemplate.None;

    /// <summary>How offsets are trimmed; null for not at all.</summary>
    public OffsetTrimming? Trimming { get; private set; }

    /// <summary>Takes over what a component does.</summary>
    /// <exception cref="InvalidDataException">The component is malformed or unknown.</exception>
    public void Read(JsonField field)
    {
        switch (field.Required("type").Text())
        {
            case "TemplateProcessing":
                Dictionary<string, int[]> special = ReadSpecialTokens(field.Required("special_tokens"));
                Template = new SequenceTemplate(
                    ReadPieces(field.Required("single"), special, 1), ReadPieces(field.Required("pair"), special, 2));
                break;
            case "BertProcessing":
                Template = SequenceTemplate.Bert(ReadPairedId(field, "cls"), ReadPairedId(field, "sep"));
                break;
            case "RobertaProcessing":
                Template = SequenceTemplate.Roberta(ReadPairedId(field, "cls"), ReadPairedId(field, "sep"));
                ReadTrimming(field);
                break;
            case "ByteLevel":
                ReadTrimming(field);
                break;
            case "Sequence":
                foreach (JsonField step in field.Required("processors").Items())
                {
                    Read(step);
                }

                break;
            case var other:
                throw field.Fail(
                    $"asks for the post-processor {other}, which is not supported; known are "
                    + "TemplateProcessing, BertProcessing, "
                    + "RobertaProcessing, ByteLevel and Sequence");
        }
    }

    private static int ReadPairedId(JsonField field, string name)
    {
        JsonField[] pair = [.. field.Required(name).Items()];
        return pair.Length == 2 ? pair[1].Id() : throw field.Required(name).Expected("a token and its id");
    }

    private static Dictionary<string, int[]> ReadSpecialTokens(JsonField field)
    {
        Dictionary<string, int[]> special = [];
        foreach ((string name, JsonField token) in field.Fields())
        {
            special[name] = [.. token.Required("ids").Items().Select(id => id.Id())];
        }

        return special;
    }

    private static List<TemplatePiece> ReadPieces(JsonField field, Dictionary<string, int[]> special, int sequences)
    {
        List<TemplatePiece> pieces = [];
        foreach (JsonField piece in field.Items())
        {
            if (piece.Optional("Sequence") is { } text)
            {
                int index = text.Required("id").Text() switch
                {
                    "A" => 0,
                    "B" when sequences == 2 => 1,
                    _ => throw text.Required("id").Expected(sequences == 2 ? "A or B" : "A"),
                };
                pieces.Add(TemplatePiece.Text(index, text.Required("type_id").Count()));
                continue;
            }

            JsonField token = piece.Required("SpecialToken");
            JsonField name = token.Required("id");
            int[] ids = special.TryGetValue(name.Text(), out int[]? found)
                ? found
                : throw name.Fail($"names {name.Text()}, which is not among the special_tokens");
            pieces.Add(new TemplatePiece(-1, ids, token.Required("type_id").Count()));
        }

        bool holdsEveryTextOnce = pieces.Select(piece => piece.Sequence).Where(sequence => sequence >= 0).Order()
            .SequenceEqual(Enumerable.Range(0, sequences));
        return holdsEveryTextOnce
            ? pieces
            : throw field.Expected(sequences == 2 ? "the sequences A and B, each once" : "the sequence A, once");
    }

    private void ReadTrimming(JsonField field) =>
        Trimming = field.Flag("trim_offsets", true) ? new OffsetTrimming(field.Flag("add_prefix_space", true)) : null;
}
