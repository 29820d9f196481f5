#include <array>
#include <charconv>
#include <cmath>

#include "engine/xpath/expression.h"

namespace outpost::xpath {
namespace {

constexpr std::array<const char*, 13> kAxisNames{"child",
                                                 "descendant",
                                                 "parent",
                                                 "ancestor",
                                                 "following-sibling",
                                                 "preceding-sibling",
                                                 "following",
                                                 "preceding",
                                                 "attribute",
                                                 "namespace",
                                                 "self",
                                                 "descendant-or-self",
                                                 "ancestor-or-self"};
constexpr std::array<const char*, 14> kOperatorNames{"or", "and", "==", "!=", "<", "<=", ">",
                                                     ">=", "+",   "-",  "*",  "/", "%",  "union"};

void Append(std::string& out, const Expression& expression);

void AppendList(std::string& out, const std::vector<Expression>& list, std::size_t from = 0) {
  out += '{';
  for (std::size_t i = from; i < list.size(); ++i) {
    if (i != from) out += ',';
    Append(out, list[i]);
  }
  out += '}';
}

std::string TestOf(const Step& step) {
  switch (step.test) {
    case NodeTest::kName:
      return step.name;
    case NodeTest::kAny:
      return "*";
    case NodeTest::kAnyInPrefix:
      return step.name + ":*";
    case NodeTest::kNode:
      return "node()";
    case NodeTest::kText:
      return "text()";
    case NodeTest::kComment:
      return "comment()";
    case NodeTest::kInstruction:
      return step.name.empty() ? "proc-instr()" : "proc-instr('" + step.name + "')";
  }
  return {};
}

void AppendStep(std::string& out, const Step& step) {
  out.append("{step:").append(kAxisNames.at(static_cast<std::size_t>(step.axis))).append(",");
  out += TestOf(step);
  if (!step.predicates.empty()) {
    out += ',';
    AppendList(out, step.predicates);
  }
  out += '}';
}

/// A head without predicates is a filter without predicates in this notation.
void AppendHead(std::string& out, const Expression& path) {
  if (path.operands.empty()) {
    out += path.is_absolute ? "abs" : "rel";
    return;
  }
  const Expression& head = path.operands.front();
  if (head.kind == Expression::Kind::kFilter) return Append(out, head);
  out += "{filt-expr:";
  Append(out, head);
  out += ",{}}";
}

void AppendPath(std::string& out, const Expression& path) {
  out += "{path-expr:";
  AppendHead(out, path);
  out += ",{";
  for (std::size_t i = 0; i < path.steps.size(); ++i) {
    if (i != 0) out += ',';
    AppendStep(out, path.steps[i]);
  }
  out += "}}";
}

void Append(std::string& out, const Expression& expression) {
  switch (expression.kind) {
    case Expression::Kind::kNumber:
      out.append("{num:").append(RenderDouble(expression.number)).append("}");
      break;
    case Expression::Kind::kString:
      out.append("{str:'").append(expression.text).append("'}");
      break;
    case Expression::Kind::kVariable:
      out.append("{var:").append(expression.text).append("}");
      break;
    case Expression::Kind::kCall:
      out.append("{func-expr:").append(expression.text).append(",");
      AppendList(out, expression.operands);
      out += '}';
      break;
    case Expression::Kind::kBinary:
      out.append("{binop-expr:")
          .append(kOperatorNames.at(static_cast<std::size_t>(expression.op)))
          .append(",");
      Append(out, expression.operands[0]);
      out += ',';
      Append(out, expression.operands[1]);
      out += '}';
      break;
    case Expression::Kind::kNegation:
      out += "{unop-expr:num-neg,";
      Append(out, expression.operands[0]);
      out += '}';
      break;
    case Expression::Kind::kFilter:
      out += "{filt-expr:";
      Append(out, expression.operands[0]);
      out += ',';
      AppendList(out, expression.operands, 1);
      out += '}';
      break;
    case Expression::Kind::kPath:
      AppendPath(out, expression);
      break;
  }
}

/// Shortest digits that give the number again, and the power of ten of the first.
struct Decimal {
  std::string digits;
  int exponent = 0;
};

Decimal DecimalOf(double number) {
  std::array<char, 64> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number,
                                 std::chars_format::scientific)
                       .ptr;
  const std::string text(buffer.data(), end);
  const auto e = text.find('e');
  Decimal decimal;
  for (const char c : text.substr(0, e)) {
    if (c != '.') decimal.digits += c;
  }
  decimal.exponent = std::stoi(text.substr(e + 1));
  return decimal;
}

std::string Plain(const Decimal& decimal) {
  const auto& digits = decimal.digits;
  if (decimal.exponent < 0) {
    return "0." + std::string(static_cast<std::size_t>(-decimal.exponent - 1), '0') + digits;
  }
  const auto whole = static_cast<std::size_t>(decimal.exponent) + 1;
  if (digits.size() <= whole) return digits + std::string(whole - digits.size(), '0') + ".0";
  return digits.substr(0, whole) + "." + digits.substr(whole);
}

}  // namespace

std::string Render(const Expression& expression) {
  std::string out;
  Append(out, expression);
  return out;
}

std::string RenderDouble(double number) {
  constexpr double kPlainMin = 1e-3;
  constexpr double kPlainEnd = 1e7;
  if (std::isnan(number)) return "NaN";
  if (std::signbit(number)) return "-" + RenderDouble(-number);
  if (std::isinf(number)) return "Infinity";
  if (number == 0) return "0.0";
  const auto decimal = DecimalOf(number);
  if (number >= kPlainMin && number < kPlainEnd) return Plain(decimal);
  const auto rest = decimal.digits.substr(1);
  return decimal.digits.substr(0, 1) + "." + (rest.empty() ? "0" : rest) + "E" +
         std::to_string(decimal.exponent);
}

}  // namespace outpost::xpath
