using OrtTrainer.Checkpoints;
using OrtTrainer.Data;
using OrtTrainer.Tasks;
using OrtTrainer.Tests.Checkpoints;

namespace OrtTrainer.Tests.Tasks.CausalLanguageModel;

public sealed class CausalLanguageModelTaskTests
{
    [TestCase("gpt2", "GPT2LMHeadModel", "causal_lm")]
    [TestCase("llama", "LlamaForCausalLM", "causal_lm")]
    [TestCase("t5", "T5ForConditionalGeneration", "seq2seq")]
    public void A_model_that_writes_is_known_by_its_class(string family, string name, string task)
    {
        using TemporaryFolder folder = new();
        folder.Write("config.json", $$"""
            {
              "model_type": "{{family}}", "architectures": ["{{name}}"], "vocab_size": 9, "n_layer": 1, "n_embd": 4,
              "n_head": 1, "n_positions": 8, "num_hidden_layers": 1, "hidden_size": 4, "num_attention_heads": 1,
              "intermediate_size": 4, "max_position_embeddings": 8, "d_model": 4, "d_ff": 4, "num_layers": 1,
              "num_heads": 1
            }
            """);

        Assert.That(ModelTask.Of(ModelConfig.Load(folder.Path)).Name, Is.EqualTo(task));
    }

    [Test]
    public void Rows_are_counted_before_a_model_is_known()
    {
        using TemporaryFolder folder = new();
        string rows = """{"prompt": "a", "completion": "b"}""" + "\n" + """{"prompt": "c", "completion": "d"}""";
        string file = folder.Write("train.jsonl", rows);
        DataOptions options = new() { Train = file, Eval = file, Task = ModelTask.Named("causal_lm") };

        DataSplits splits = LabeledData.Load(options);

        Assert.That((splits.Train.Count, splits.Eval.Count), Is.EqualTo((2, 2)));
    }
}
