// Writes the entity data set of onnx-models/embedded/entities: messages to a shop put together from phrases, with the
// names in them tagged.
//
//     dotnet run tools/make-entity-data.cs -- onnx-models/embedded/entities
//
// Names of persons, places and products are parted among the files, so that most of those in eval and test were never
// seen in training: a model has to go by what stands around them.

#:property PublishAot=false
#:property RestorePackagesWithLockFile=false

string folder = args.Length == 1 ? args[0] : throw new ArgumentException("Give the folder to write to.");
Directory.CreateDirectory(folder);

string[] first =
[
    "Ada", "Amir", "Anke", "Beatriz", "Bjarne", "Carla", "Chidi", "Daria", "Dmitri", "Elif", "Emeka", "Farah", "Gesa",
    "Hana", "Igor", "Ines", "Jonas", "Kofi", "Lena", "Luis", "Mei", "Milo", "Nadia", "Nils", "Olga", "Pablo", "Priya",
    "Ravi", "Rosa", "Sanne", "Selma", "Tariq", "Uma", "Viktor", "Wanda", "Yara", "Yusuf", "Zoe",
];
string[] last =
[
    "Abara", "Bauer", "Costa", "Dahl", "Eriksen", "Ferrari", "Gruber", "Haddad", "Ito", "Jansen", "Kaya", "Lopes",
    "Moreau", "Novak", "Okafor", "Petrov", "Quist", "Rossi", "Singh", "Tanaka", "Ulloa", "Vega", "Weiss", "Yilmaz",
];
string[] places =
[
    "Aarhus", "Bergen", "Bologna", "Brno", "Cork", "Dundee", "Fez", "Gdansk", "Graz", "Haifa", "Izmir", "Kyoto", "Lagos",
    "Leeds", "Lima", "Lyon", "Malmo", "New Ulm", "Nantes", "Odessa", "Porto", "Quito", "Riga", "San Remo", "Split",
    "Tartu", "Turin", "Utrecht", "Valencia", "West Cork", "York", "Zagreb",
];
string[] makers = ["Arlo", "Brevo", "Calida", "Domus", "Elara", "Fenix", "Gala", "Halo", "Iona", "Juno", "Kestrel", "Luma"];
string[] goods =
[
    "kettle", "desk lamp", "headphones", "toaster", "rucksack", "alarm clock", "coffee grinder", "tent", "keyboard",
    "rain jacket", "blender", "speaker",
];
string[] days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
string[] months =
[
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
];

// A slot stands in braces; everything else is outside of entities.
string[] phrases =
[
    "My {PRODUCT} was sent to {PLACE} by mistake .", "Please send the {PRODUCT} to {PERSON} in {PLACE} .",
    "I ordered a {PRODUCT} on {DATE} and nothing came .", "{PERSON} from your shop in {PLACE} was very helpful .",
    "The order {ORDER} has not left {PLACE} since {DATE} .", "Can {PERSON} sign for the parcel on {DATE} ?",
    "The invoice for {ORDER} names {PERSON} instead of me .", "Hi , this is {PERSON} , I want to return my {PRODUCT} .",
    "Your driver in {PLACE} left {ORDER} in the rain .", "When will the {PRODUCT} be back in stock in {PLACE} ?",
    "{PERSON} bought it on {DATE} , the receipt says {ORDER} .", "The {PRODUCT} stopped working on {DATE} .",
    "I moved from {PLACE} to {PLACE} , please change my address .", "Refund for {ORDER} still missing , says {PERSON} .",
    "Thanks to {PERSON} for the quick answer !", "Is the {PRODUCT} the same as the {PRODUCT} ?",
    "We are in {PLACE} until {DATE} only .", "Cancel {ORDER} , the {PRODUCT} is for {PERSON} .",
    "Nobody in {PLACE} knows where {ORDER} is .", "please call {PERSON} before {DATE}",
    "{DATE} is too late for me .", "{PLACE} is not on your map .", "I can not log in since I changed my password .",
    "The page stays empty when I pay by card .", "Best shop ever , everything came in two days .",
    "It may be late , and march on the spot does not help .", "Will you open a shop here as well ?",
];

Random random = new(20);
Write("train.conll", 900, part: 0);
Write("eval.conll", 150, part: 1);
Write("test.conll", 250, part: 2);

void Write(string name, int count, int part)
{
    HashSet<string> seen = [];
    List<string> lines = [];
    while (seen.Count < count)
    {
        List<(string Word, string Tag)> sentence = [];
        foreach (string item in One(phrases).Split(' '))
        {
            if (item is not ['{', .. var type, '}'])
            {
                sentence.Add((item, "O"));
                continue;
            }

            string[] words = Name(type, part).Split(' ');
            sentence.AddRange(words.Select((word, i) => (word, $"{(i == 0 ? 'B' : 'I')}-{type}")));
        }

        if (seen.Add(string.Join(' ', sentence.Select(word => word.Word))))
        {
            lines.AddRange(sentence.Select(word => $"{word.Word} {word.Tag}"));
            lines.Add("");
        }
    }

    File.WriteAllText(Path.Combine(folder, name), string.Join('\n', lines));
}

string Name(string type, int part) => type switch
{
    "PERSON" => random.Next(3) switch
    {
        0 => Of(first, part),
        1 => $"{Of(first, part)} {Of(last, part)}",
        _ => $"{(random.Next(2) == 0 ? "Mr" : "Ms")} {Of(last, part)}",
    },
    "PLACE" => Of(places, part),
    "PRODUCT" => random.Next(3) == 0 ? One(goods) : $"{Of(makers, part)} {One(goods)}",
    "DATE" => random.Next(3) switch
    {
        0 => One(days),
        1 => $"{random.Next(1, 29)} {One(months)}",
        _ => $"{One(months)} {random.Next(1, 29)}",
    },
    _ => random.Next(2) == 0 ? $"A-{random.Next(10_000, 99_999)}" : $"{random.Next(1_000_000, 9_999_999)}",
};

// Of five names two are for training, one for each of the other files, and one for all.
string Of(string[] names, int part) => One(
    [.. names.Where((_, i) => i % 5 == 4 || (part == 0 ? i % 5 < 2 : i % 5 == part + 1))]);

string One(string[] items) => items[random.Next(items.Length)];
