using System.Text;
using OrtTrainer.Checkpoints;

namespace OrtTrainer.Tests.Checkpoints;

internal sealed class ConfigDamageTests
{
    private const string Original =
        """{"model_type":"bert","hidden_size":32,"layer_norm_eps":1e-12,"id2label":""" +
        """{"0":"a","1":"b"},"x":[null,true]}""";

    [Test]
    public void Random_damage_to_a_configuration_gives_values_or_a_CheckpointException()
    {
        using var folder = new TemporaryFolder();
        var random = new Random(11);
        var refused = 0;
        for (var i = 0; i < 1000; i++)
        {
            var bytes = Encoding.UTF8.GetBytes(Original);
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            folder.Write(ModelConfig.FileName, bytes[..^random.Next(2)]);
            try
            {
                ReadEverything(ModelConfig.Load(folder.Path));
            }
            catch (CheckpointException e)
            {
                Assert.That(e.File, Is.EqualTo(folder.File(ModelConfig.FileName)), $"mutation {i}");
                refused++;
            }
        }

        Assert.That(refused, Is.GreaterThan(500));
    }

    [Test]
    public void A_configuration_cut_anywhere_is_refused()
    {
        using var folder = new TemporaryFolder();
        for (var length = 0; length < Original.Length; length++)
        {
            folder.Write(ModelConfig.FileName, Original[..length]);

            Assert.That(() => ModelConfig.Load(folder.Path), Throws.TypeOf<CheckpointException>(), $"{length} bytes");
        }
    }

    [Test]
    public void Deep_nesting_is_refused()
    {
        using var folder = new TemporaryFolder();
        folder.Write(ModelConfig.FileName, string.Concat(Enumerable.Repeat("{\"a\":", 100_000)));

        Assert.That(() => ModelConfig.Load(folder.Path), Throws.TypeOf<CheckpointException>());
    }

    [Test]
    public void A_file_of_gigabytes_is_not_read()
    {
        using var folder = new TemporaryFolder();
        using (var stream = File.Create(folder.File(ModelConfig.FileName)))
        {
            stream.SetLength(3L << 30);
        }

        Assert.That(
            () => ModelConfig.Load(folder.Path),
            Throws.TypeOf<CheckpointException>().With.Message.Contains("3221225472 bytes"));
    }

    private static void ReadEverything(ModelConfig config)
    {
        _ = config.ModelType;
        _ = config.GetInt("hidden_size");
        _ = config.GetFloat("layer_norm_eps", 1e-12);
        _ = config.Id2Label;
        _ = config.ProblemType;
        _ = config.With(["x"], "regression").ToJson().ToJsonString();
    }
}
