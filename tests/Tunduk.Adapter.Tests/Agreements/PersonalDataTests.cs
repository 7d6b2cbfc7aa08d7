using System.Text;
using Tunduk.Adapter.Agreements;

namespace Tunduk.Adapter.Tests.Agreements;

/// <summary>The dictionary of names of personal data, in its three languages.</summary>
public sealed class PersonalDataTests
{
    [Theory]
    [InlineData("pin", "identifier")]
    [InlineData("PIN", "identifier")]
    [InlineData("response/pinGenerationDate", "identifier")]
    [InlineData("inn", "identifier")]
    [InlineData("ИНН", "identifier")]
    [InlineData("жекеНомер", "identifier")]
    [InlineData("tin", "taxpayer")]
    [InlineData("Surname", "name")]
    [InlineData("FirstName", "name")]
    [InlineData("фамилия", "name")]
    [InlineData("Аты-жөнү", "name")]
    [InlineData("атасынын_аты", "name")]
    [InlineData("dateOfBirth", "birth")]
    [InlineData("dateofbirth", "birth")]
    [InlineData("birthdate", "birth")]
    [InlineData("туулганКүнү", "birth")]
    [InlineData("Дата рождения", "birth")]
    [InlineData("deathDate", "death")]
    [InlineData("gender", "sex")]
    [InlineData("жынысы", "sex")]
    [InlineData("nationalityId", "nationality")]
    [InlineData("maritalStatus", "family")]
    [InlineData("passportSeries", "document")]
    [InlineData("voidMotiv", "document")]
    [InlineData("addressRegion", "address")]
    [InlineData("addressArray/houseTxt", "address")]
    [InlineData("көчөсү", "address")]
    [InlineData("улица", "address")]
    [InlineData("PhoneNumber", "contact")]
    [InlineData("photo", "photo")]
    [InlineData("сүрөтү", "photo")]
    [InlineData("Salary", "money")]
    [InlineData("эмгекАкы", "money")]
    [InlineData("govPlate", "vehicle")]
    [InlineData("clientid", "secret")]
    [InlineData("диагноз", "health")]
    [InlineData("person/x1", "name")]
    [InlineData("familiya", "name")]
    [InlineData("otchestvo", "name")]
    [InlineData("imya", "name")]
    [InlineData("tegi", "name")]
    [InlineData("aty", "name")]
    [InlineData("atasynynAty", "name")]
    [InlineData("FIO_zayavitelya", "name")]
    [InlineData("tundukPin", "identifier")]
    [InlineData("lichnyi_nomer", "identifier")]
    [InlineData("pasport", "document")]
    [InlineData("seriya", "document")]
    [InlineData("seriyaPasporta", "document")]
    [InlineData("kem_vydan", "document")]
    [InlineData("file_military_id", "document")]
    [InlineData("PINInfoes/PINInfo/Issuer", "document")]
    [InlineData("dob", "birth")]
    [InlineData("dataRozhdeniya", "birth")]
    [InlineData("tuulganKunu", "birth")]
    [InlineData("tuulgan_jeri", "birth")]
    [InlineData("pol", "sex")]
    [InlineData("jynysy", "sex")]
    [InlineData("natsionalnost", "nationality")]
    [InlineData("grazhdanstvo", "nationality")]
    [InlineData("semeinoePolozhenie", "family")]
    [InlineData("suprugPin", "identifier")]
    [InlineData("suprug_imya_otsa", "name")]
    [InlineData("propiska", "address")]
    [InlineData("jashaganJeri", "address")]
    [InlineData("data/regPlaceSoate", "address")]
    [InlineData("data/eliPlaceType", "address")]
    [InlineData("telefon", "contact")]
    [InlineData("foto", "photo")]
    [InlineData("zarplata", "money")]
    [InlineData("emgekAky", "money")]
    [InlineData("raschetnyiSchet", "bank")]
    [InlineData("mestoRaboty", "work")]
    [InlineData("diagnoz", "health")]
    [InlineData("sudimost", "criminal")]
    [InlineData("comeForeign", "movement")]
    [InlineData("gosNomer", "vehicle")]
    [InlineData("parol", "secret")]
    [InlineData("status", null)]
    [InlineData("error", null)]
    [InlineData("message", null)]
    [InlineData("spinning", null)]
    [InlineData("pinnacle", null)]
    [InlineData("engineVolume", null)]
    public void Find_Name_TellsTheCategory(string path, string? category) => PersonalData.Default.Find(path)?.Id.ShouldBe(category);

    [Theory]
    [InlineData("status")]
    [InlineData("error")]
    [InlineData("spinning")]
    [InlineData("engineVolume")]
    [InlineData("success")]
    [InlineData("policy")]
    [InlineData("polygonId")]
    [InlineData("matching")]
    [InlineData("atypical")]
    [InlineData("label")]
    [InlineData("dateTo")]
    [InlineData("formid")]
    [InlineData("CauseOfError")]
    [InlineData("faultString")]
    public void Find_OtherName_TellsNone(string path) => PersonalData.Default.Find(path).ShouldBeNull();

    [Fact]
    public void Find_TitleInRussian_TellsWhatTheNameDoesNot() => PersonalData.Default.Find("f7", "Фамилия заявителя")!.Id.ShouldBe("name");

    [Theory]
    [InlineData("dateOfBirth", "date of birth")]
    [InlineData("PINPensioner", "pin pensioner")]
    [InlineData("voidStatus_ID2", "void status id 2")]
    [InlineData("туулганКүнү", "туулган күнү")]
    [InlineData("фамилия, ИМЯ", "фамилия имя")]
    public void Words_Name_AreCutAtItsBorders(string name, string words) => string.Join(' ', PersonalData.Words(name)).ShouldBe(words);

    [Fact]
    public void Default_Dictionary_HasEveryCategoryInThreeLanguages()
    {
        PersonalData.Default.Categories.Count.ShouldBeGreaterThan(20);
        PersonalData.Default.Categories.ShouldAllBe(static c => c.Ky.Length > 0 && c.Ru.Length > 0 && c.En.Length > 0 && c.Words.Count > 3);
        PersonalData.Default.Categories.Select(static c => c.Id).ShouldBeUnique();
        string[] words = [.. PersonalData.Default.Categories.SelectMany(static c => c.Words)];
        words.Count(static w => w.Any(static c => c is >= 'a' and <= 'z')).ShouldBeGreaterThan(200);
        words.Count(static w => w.Any(static c => c is >= 'а' and <= 'я')).ShouldBeGreaterThan(200);
        words.Count(static w => w.Any(static c => c is 'ө' or 'ү' or 'ң')).ShouldBeGreaterThan(20);
    }

    [Fact]
    public void Load_NoDictionary_Throws() =>
        Should.Throw<System.Text.Json.JsonException>(() => PersonalData.Load(new MemoryStream(Encoding.UTF8.GetBytes("{}"))));

    /// <summary>Of every field of every contract, those without a mark: each was looked at, and none is data about a person by its name.</summary>
    [Fact]
    public void Find_FieldsOfEveryContract_LeavesOnlyNamesThatSayNothing()
    {
        HashSet<string> known = new(StringComparer.Ordinal)
        {
            "success", "message", "error", "status", "code", "id", "label", "value", "formid", "from", "to", "type", "date", "dateTo", "dateFrom", "dateFromInitial", "dateCreated", "dateAction", "recordDate",
            "State", "CauseOfError", "faultCode", "faultString", "request", "item", "WebSite", "RegistrationDate", "Forbidden", "description", "title", "period", "year", "brand", "model", "yes", "lang", "X-Case",
            "Date", "DateTo", "DateFromInitial", "file_agreement_id", "option", "data", "OperationResult", "Message", "note", "pageSize", "page", "total", "items",
        };
        List<string> left = [];
        foreach ((string file, Tunduk.XRoad.Contracts.Operation operation) in AgreementContractFiles.Operations)
        {
            ContractFields fields = ContractFieldsFactory.Of(operation);
            left.AddRange(fields.Request.Concat(fields.Response).Where(static field => !field.HasChildren).Select(static field => field.Path.Text)
                .Where(path => PersonalData.Default.Find(path) is null && !known.Contains(path[(path.LastIndexOf('/') + 1)..].TrimStart('@'))).Select(path => $"{file} {operation}: {path}"));
        }

        left.ShouldBeEmpty(string.Join('\n', left));
    }
}
