using OrtTrainer.Studies;

namespace OrtTrainer.Tests.Studies;

public sealed class JsonPlacesTests
{
    private static readonly JsonPlaces Places = JsonPlaces.Of("""
        {
          // größer
          "a": { "ü": 1,
                 "c": [ 7,
                        { "d.e": null } ] },
          /* two
             lines */ "z": "}{",
        }
        """);

    [TestCase("a", "a (line 3)")]
    [TestCase("a.ü", "a.ü (line 3)")]
    [TestCase("a.c", "a.c (line 4)")]
    [TestCase("a.c[1]", "a.c[1] (line 5)")]
    [TestCase("a.c[1].d.e", "a.c[1].d.e (line 5)")]
    [TestCase("z", "z (line 7)")]
    public void A_value_is_found_by_its_path(string path, string shown) =>
        Assert.That(Places.Show(path), Is.EqualTo(shown));

    [TestCase("a.c.x", "a.c.x (line 4)")]
    [TestCase("a.c[1].y.z", "a.c[1].y.z (line 5)")]
    [TestCase("q", "q")]
    public void What_is_not_there_has_the_line_of_what_is_around_it(string path, string shown) =>
        Assert.That(Places.Show(path), Is.EqualTo(shown));
}
