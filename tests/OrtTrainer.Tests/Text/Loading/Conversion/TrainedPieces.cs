using OrtTrainer.Text.Loading;
using static OrtTrainer.Tests.Text.Loading.TinySentencePiece;

namespace OrtTrainer.Tests.Text.Loading.Conversion;

/// <summary>A trained SentencePiece model as a family has it: the family's special pieces, then its own.</summary>
internal static class TrainedPieces
{
    /// <summary>Writes the model, config.json and tokenizer_config.json; nothing is lower-cased.</summary>
    public static void Write(string family, string folder)
    {
        SentencePieceFile file = SentencePieceFile.Read(
            SharedFiles.SharedPath("tokenizers", "trained", "unigram", "spiece.model"));
        byte[][] special = family switch
        {
            "albert" =>
            [
                Piece("<pad>", 0, 3), Piece("<unk>", 0, 2), Piece("[CLS]", 0, 3), Piece("[SEP]", 0, 3),
                Piece("[MASK]", 0, 3),
            ],
            "deberta-v2" => [Piece("[PAD]", 0, 3), Piece("[CLS]", 0, 3), Piece("[SEP]", 0, 3), Piece("[UNK]", 0, 2)],
            _ => [Piece("<unk>", 0, 2), Piece("<s>", 0, 3), Piece("</s>", 0, 3)],
        };
        File.WriteAllBytes(Path.Combine(folder, "spiece.model"), Relaid(file, special));
        File.WriteAllText(Path.Combine(folder, "config.json"), $$"""{"model_type": "{{family}}"}""");
        File.WriteAllText(
            Path.Combine(folder, "tokenizer_config.json"), """{"keep_accents": true, "do_lower_case": false}""");
    }
}
