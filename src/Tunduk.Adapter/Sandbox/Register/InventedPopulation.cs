using System.Globalization;

namespace Tunduk.Adapter.Sandbox.Register;

/// <summary>
/// The invented persons, the same on every start (fixed seed). A PIN has the members' form: 1 (woman) or 2 (man), date of
/// birth as DDMMYYYY, five digits.
/// </summary>
internal static class InventedPopulation
{
    private const ulong Seed = 20_260_301;
    private const int Photos = 24;
    private static readonly DateOnly Youngest = new(2008, 1, 1);

    /// <summary>Invents <paramref name="count"/> persons with different PINs.</summary>
    public static IReadOnlyList<InventedPerson> Invent(int count)
    {
        var sequence = new InventedSequence(Seed);
        string[] photos = [.. Enumerable.Range(0, Photos).Select(_ => Convert.ToBase64String(InventedPhoto.Draw(sequence)))];
        var pins = new HashSet<string>(StringComparer.Ordinal);
        var persons = new List<InventedPerson>(count);
        while (persons.Count < count)
        {
            InventedPerson person = Person(sequence, photos);
            if (pins.Add(person.Pin))
            {
                persons.Add(person);
            }
        }

        return persons;
    }

    private static InventedPerson Person(InventedSequence sequence, string[] photos)
    {
        bool woman = sequence.Next(2) == 0;
        DateOnly born = Youngest.AddDays(-1 - sequence.Next(24_000));
        string surname = sequence.Pick(InventedNames.Surnames);
        bool withoutPatronymic = sequence.Next(12) == 0;
        string patronymic = sequence.Pick(InventedNames.Patronymics);
        return new InventedPerson(
            string.Create(CultureInfo.InvariantCulture, $"{(woman ? 1 : 2)}{born:ddMMyyyy}{sequence.Next(100_000):D5}"),
            woman ? surname + "а" : surname,
            sequence.Pick(woman ? InventedNames.FemaleNames : InventedNames.MaleNames),
            withoutPatronymic ? null : patronymic + (woman ? "овна" : "ович"),
            woman ? "F" : "M",
            born,
            sequence.Pick(InventedNames.Nationalities),
            sequence.Next(15) == 0 ? null : sequence.Pick(InventedNames.MaritalStatuses),
            Address(sequence),
            Documents(sequence),
            photos[sequence.Next(photos.Length)],
            Cars(sequence));
    }

    private static InventedAddress Address(InventedSequence sequence)
    {
        (string region, string district, string locality) = InventedNames.Places[sequence.Next(InventedNames.Places.Length)];
        return new InventedAddress(
            "Кыргызская Республика", region, district, locality, sequence.Pick(InventedNames.Streets),
            Number(1 + sequence.Next(180)), sequence.Next(3) == 0 ? Number(1 + sequence.Next(90)) : null);
    }

    private static List<InventedDocument> Documents(InventedSequence sequence)
    {
        var documents = new List<InventedDocument>();
        int count = sequence.Next(4); // none, one and several: lists of every shape occur
        for (int i = 0; i < count; i++)
        {
            var issued = new DateOnly(2016 + sequence.Next(10), 1 + sequence.Next(12), 1 + sequence.Next(28));
            bool unlimited = sequence.Next(5) == 0;
            documents.Add(new InventedDocument(
                i == 0 ? "паспорт (ID-карта)" : i == 1 ? "загранпаспорт" : "водительское удостоверение",
                i == 0 ? "ID" : i == 1 ? "AC" : "KG",
                string.Create(CultureInfo.InvariantCulture, $"{sequence.Next(10_000_000):D7}"),
                issued, unlimited ? null : issued.AddYears(10), "МКК " + Number(211_001 + sequence.Next(60))));
        }

        return documents;
    }

    private static List<InventedCar> Cars(InventedSequence sequence)
    {
        var cars = new List<InventedCar>();
        for (int count = sequence.Next(3); count > 0; count--)
        {
            (string brand, string model) = InventedNames.Cars[sequence.Next(InventedNames.Cars.Length)];
            cars.Add(new InventedCar(
                string.Create(CultureInfo.InvariantCulture, $"{1 + sequence.Next(9):D2}KG{sequence.Next(1000):D3}XXX"),
                brand, model, 1998 + sequence.Next(27)));
        }

        return cars;
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
