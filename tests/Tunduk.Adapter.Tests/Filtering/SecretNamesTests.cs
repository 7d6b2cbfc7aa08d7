using Tunduk.Adapter.Filtering;

namespace Tunduk.Adapter.Tests.Filtering;

public class SecretNamesTests
{
    [Theory]
    [InlineData("clientid", true)]
    [InlineData("Client-Id", true)]
    [InlineData("secret", true)]
    [InlineData("x_api_key", true)]
    [InlineData("X-Auth-Token", true)]
    [InlineData("token", true)]
    [InlineData("Пароль", true)]
    [InlineData("Authorization", true)]
    [InlineData("passportNumber", false)]
    [InlineData("secretary", true)]
    [InlineData("authority", false)]
    [InlineData("pin", false)]
    [InlineData("", false)]
    public void IsSecret_Name_IsRecognisedWithoutSeparatorsAndCase(string name, bool secret) => SecretNames.IsSecret(name).ShouldBe(secret);

    [Theory]
    [InlineData("request/secret", true)]
    [InlineData("secret/value[0]/x", true)]
    [InlineData("query/X-Sms-Token[0]", true)]
    [InlineData("request/tokens", true)]
    [InlineData("request/pin[1]/surname", false)]
    public void IsSecretPath_AnyNameOfThePath_Decides(string path, bool secret) => SecretNames.IsSecretPath(path).ShouldBe(secret);
}
