#include <algorithm>
#include <array>
#include <utility>

#include "engine/xpath/detail/arity.h"
#include "engine/xpath/detail/lexer.h"
#include "engine/xpath/parse.h"

namespace outpost::xpath {
namespace {

using Kind = Token::Kind;
using Type = Expression::Kind;

constexpr std::array<std::pair<std::string_view, Axis>, 13> kAxes{{
    {"child", Axis::kChild},
    {"descendant", Axis::kDescendant},
    {"parent", Axis::kParent},
    {"ancestor", Axis::kAncestor},
    {"following-sibling", Axis::kFollowingSibling},
    {"preceding-sibling", Axis::kPrecedingSibling},
    {"following", Axis::kFollowing},
    {"preceding", Axis::kPreceding},
    {"attribute", Axis::kAttribute},
    {"namespace", Axis::kNamespace},
    {"self", Axis::kSelf},
    {"descendant-or-self", Axis::kDescendantOrSelf},
    {"ancestor-or-self", Axis::kAncestorOrSelf},
}};
constexpr std::array<std::pair<std::string_view, NodeTest>, 4> kNodeTests{{
    {"node", NodeTest::kNode},
    {"text", NodeTest::kText},
    {"comment", NodeTest::kComment},
    {"processing-instruction", NodeTest::kInstruction},
}};

template <class Table>
auto* Find(const Table& table, std::string_view name) {
  const auto found = std::find_if(table.begin(), table.end(),
                                  [&](const auto& entry) { return entry.first == name; });
  return found == table.end() ? nullptr : &found->second;
}

/// How strongly operators bind, weakest first.
int LevelOf(Operator op) {
  switch (op) {
    case Operator::kOr:
      return 1;
    case Operator::kAnd:
      return 2;
    case Operator::kEqual:
    case Operator::kUnequal:
      return 3;
    case Operator::kLess:
    case Operator::kLessOrEqual:
    case Operator::kGreater:
    case Operator::kGreaterOrEqual:
      return 4;
    case Operator::kPlus:
    case Operator::kMinus:
      return 5;
    case Operator::kTimes:
    case Operator::kDivide:
    case Operator::kModulo:
      return 6;
    case Operator::kUnion:
      return 8;
  }
  return 0;
}
constexpr int kWeakest = 1;
constexpr int kNegationLevel = 7;

bool BindsRight(int level) { return level <= 2; }

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text), tokens_(Tokenize(text)) {}

  Expression Run() {
    CheckBrackets();
    auto expression = Binary(kWeakest);
    if (Now().kind != Kind::kEnd) Refuse("Unexpected text after the expression");
    return expression;
  }

 private:
  const Token& Now() const { return tokens_[at_]; }
  const Token& Ahead() const { return tokens_[std::min(at_ + 1, tokens_.size() - 1)]; }
  bool Take(Kind kind) {
    if (Now().kind != kind) return false;
    ++at_;
    return true;
  }
  bool Is(Operator op) const { return Now().kind == Kind::kOperator && Now().op == op; }

  [[noreturn]] void Refuse(const std::string& told) const { RefuseAt(text_, Now().offset, told); }
  [[noreturn]] void RefuseLimit(const std::string& told) const {
    RefuseAt(text_, Now().offset, told, ParseError::Reason::kLimit);
  }

  void CheckBrackets() const;
  void Count() {
    if (++nodes_ > kNodesMax) RefuseLimit("Expression with more parts than allowed");
  }
  Expression Make(Type type, std::size_t offset) {
    Count();
    Expression expression;
    expression.kind = type;
    expression.offset = static_cast<std::uint32_t>(offset);
    return expression;
  }
  void Adopt(Expression& parent, Expression child) {
    Grow(parent, child);
    parent.operands.push_back(std::move(child));
  }
  void Grow(Expression& parent, const Expression& child) const {
    if (child.height >= kHeightMax) RefuseLimit("Expression with more levels than allowed");
    parent.height = std::max(parent.height, static_cast<std::uint16_t>(child.height + 1));
  }

  Expression Binary(int level);
  Expression Join(Operator op, Expression left, Expression right);
  Expression Unary();
  Expression Union();
  Expression PathOrFilter();
  Expression Primary();
  Expression Call();
  void Steps(Expression& path);
  Step OneStep(Expression& path);
  void Test(Step& step);
  void Predicates(Expression& owner, std::vector<Expression>& predicates);
  bool BeginsStep() const;
  bool BeginsNodeTest() const;

  /// One level of brackets, parentheses or signs, while it lives.
  class Nesting {
   public:
    explicit Nesting(Parser& parser) : parser_(parser) {
      if (++parser_.nesting_ > kNestingMax) {
        parser_.RefuseLimit("Expression nested more deeply than allowed");
      }
    }
    ~Nesting() { --parser_.nesting_; }
    Nesting(const Nesting&) = delete;
    Nesting& operator=(const Nesting&) = delete;

   private:
    Parser& parser_;
  };

  std::string_view text_;
  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  std::size_t nesting_ = 0;
  std::size_t nodes_ = 0;
};

void Parser::CheckBrackets() const {
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < tokens_.size(); ++i) {
    const auto kind = tokens_[i].kind;
    if (kind == Kind::kOpenBracket || kind == Kind::kOpenParenthesis) open.push_back(i);
    if (kind != Kind::kCloseBracket && kind != Kind::kCloseParenthesis) continue;
    if (open.empty()) {
      RefuseAt(text_, tokens_[i].offset, "Unbalanced brackets or parentheses!");
    }
    const bool is_pair =
        (tokens_[open.back()].kind == Kind::kOpenBracket) == (kind == Kind::kCloseBracket);
    if (!is_pair) RefuseAt(text_, tokens_[i].offset, "mismatched brackets or parentheses!");
    open.pop_back();
  }
  if (open.empty()) return;
  const auto at = open.back();
  const bool is_call =
      tokens_[at].kind == Kind::kOpenParenthesis && at > 0 && tokens_[at - 1].kind == Kind::kName;
  RefuseAt(text_, tokens_[at].offset,
           is_call ? "Mismatched brackets or parentheses" : "mismatched brackets or parentheses!");
}

Expression Parser::Join(Operator op, Expression left, Expression right) {
  auto joined = Make(Type::kBinary, left.offset);
  joined.op = op;
  joined.operands.reserve(2);
  Adopt(joined, std::move(left));
  Adopt(joined, std::move(right));
  return joined;
}

/// Operators of one level and those that bind more strongly. Chains are loops, not recursion.
Expression Parser::Binary(int level) {
  if (level == kNegationLevel) return Unary();
  std::vector<Expression> operands;
  std::vector<Operator> operators;
  operands.push_back(Binary(level + 1));
  while (Now().kind == Kind::kOperator && LevelOf(Now().op) == level) {
    operators.push_back(Now().op);
    ++at_;
    operands.push_back(Binary(level + 1));
  }
  if (!BindsRight(level)) {
    auto joined = std::move(operands.front());
    for (std::size_t i = 0; i < operators.size(); ++i) {
      joined = Join(operators[i], std::move(joined), std::move(operands[i + 1]));
    }
    return joined;
  }
  auto joined = std::move(operands.back());
  for (auto i = operators.size(); i-- > 0;) {
    joined = Join(operators[i], std::move(operands[i]), std::move(joined));
  }
  return joined;
}

Expression Parser::Unary() {
  if (!Is(Operator::kMinus)) return Union();
  const Nesting nesting(*this);
  auto negation = Make(Type::kNegation, Now().offset);
  ++at_;
  Adopt(negation, Unary());
  return negation;
}

Expression Parser::Union() {
  auto joined = PathOrFilter();
  while (Is(Operator::kUnion)) {
    ++at_;
    joined = Join(Operator::kUnion, std::move(joined), PathOrFilter());
  }
  return joined;
}

bool Parser::BeginsNodeTest() const {
  return Now().kind == Kind::kName && Ahead().kind == Kind::kOpenParenthesis &&
         Find(kNodeTests, Now().text) != nullptr;
}

bool Parser::BeginsStep() const {
  switch (Now().kind) {
    case Kind::kDot:
    case Kind::kTwoDots:
    case Kind::kAt:
    case Kind::kAny:
    case Kind::kAnyInPrefix:
      return true;
    case Kind::kName:
      return Ahead().kind != Kind::kOpenParenthesis || BeginsNodeTest();
    default:
      return false;
  }
}

Expression Parser::PathOrFilter() {
  const auto offset = Now().offset;
  if (Now().kind == Kind::kSlash || Now().kind == Kind::kDoubleSlash || BeginsStep()) {
    auto path = Make(Type::kPath, offset);
    path.is_absolute = !BeginsStep();
    Steps(path);
    return path;
  }
  auto primary = Primary();
  if (Now().kind == Kind::kOpenBracket) {
    auto filter = Make(Type::kFilter, offset);
    Adopt(filter, std::move(primary));
    Predicates(filter, filter.operands);
    primary = std::move(filter);
  }
  if (Now().kind != Kind::kSlash && Now().kind != Kind::kDoubleSlash) return primary;
  auto path = Make(Type::kPath, offset);
  Adopt(path, std::move(primary));
  Steps(path);
  return path;
}

/// From the first step or slash to the end of the path.
void Parser::Steps(Expression& path) {
  if (BeginsStep()) path.steps.push_back(OneStep(path));
  while (Now().kind == Kind::kSlash || Now().kind == Kind::kDoubleSlash) {
    const bool is_double = Now().kind == Kind::kDoubleSlash;
    const bool is_root = path.is_absolute && path.steps.empty() && !is_double;
    ++at_;
    if (!BeginsStep()) {
      const bool ends_here = Now().kind == Kind::kEnd || Now().kind == Kind::kOperator ||
                             Now().kind == Kind::kCloseBracket || Now().kind == Kind::kComma ||
                             Now().kind == Kind::kCloseParenthesis;
      if (is_root && ends_here) return;
      Refuse("Unexpected beginning of path");
    }
    if (is_double) {
      Count();
      path.steps.push_back({Axis::kDescendantOrSelf, NodeTest::kNode, {}, {}});
    }
    path.steps.push_back(OneStep(path));
  }
}

Step Parser::OneStep(Expression& path) {
  Count();
  Step step;
  if (Take(Kind::kDot)) return {Axis::kSelf, NodeTest::kNode, {}, {}};
  if (Take(Kind::kTwoDots)) return {Axis::kParent, NodeTest::kNode, {}, {}};
  if (Take(Kind::kAt)) {
    step.axis = Axis::kAttribute;
  } else if (Now().kind == Kind::kName && Ahead().kind == Kind::kTwoColons) {
    const auto* axis = Find(kAxes, Now().text);
    if (axis == nullptr) Refuse("Invalid Axis: " + std::string(Now().text));
    step.axis = *axis;
    at_ += 2;
  }
  Test(step);
  if (Now().kind == Kind::kOpenBracket) Predicates(path, step.predicates);
  return step;
}

void Parser::Test(Step& step) {
  const Token& token = Now();
  if (Take(Kind::kAny)) {
    step.test = NodeTest::kAny;
  } else if (Take(Kind::kAnyInPrefix)) {
    step.test = NodeTest::kAnyInPrefix;
    step.name = token.text;
  } else if (BeginsNodeTest()) {
    step.test = *Find(kNodeTests, token.text);
    at_ += 2;
    if (step.test == NodeTest::kInstruction && Now().kind == Kind::kString) {
      step.name = Now().text;
      ++at_;
    }
    if (!Take(Kind::kCloseParenthesis)) Refuse("A node test takes no arguments");
  } else if (token.kind == Kind::kName && Ahead().kind != Kind::kOpenParenthesis) {
    step.name = token.text;
    ++at_;
  } else {
    Refuse("Expected the name of a node");
  }
}

void Parser::Predicates(Expression& owner, std::vector<Expression>& predicates) {
  while (Take(Kind::kOpenBracket)) {
    const Nesting nesting(*this);
    auto predicate = Binary(kWeakest);
    if (!Take(Kind::kCloseBracket)) Refuse("Expected a closing bracket");
    Grow(owner, predicate);
    predicates.push_back(std::move(predicate));
  }
}

Expression Parser::Primary() {
  const Token& token = Now();
  if (Take(Kind::kNumber)) {
    auto number = Make(Type::kNumber, token.offset);
    number.number = token.number;
    return number;
  }
  if (Take(Kind::kString) || Take(Kind::kVariable)) {
    auto text = Make(token.kind == Kind::kString ? Type::kString : Type::kVariable, token.offset);
    text.text = token.text;
    return text;
  }
  if (Take(Kind::kOpenParenthesis)) {
    const Nesting nesting(*this);
    auto inner = Binary(kWeakest);
    if (!Take(Kind::kCloseParenthesis)) Refuse("Expected a closing parenthesis");
    return inner;
  }
  if (token.kind == Kind::kName && Ahead().kind == Kind::kOpenParenthesis) return Call();
  Refuse(token.kind == Kind::kEnd ? "Expression ends too early" : "Expected a value");
}

Expression Parser::Call() {
  const Nesting nesting(*this);
  const Token& name = Now();
  auto call = Make(Type::kCall, name.offset);
  call.text = name.text;
  at_ += 2;
  if (!Take(Kind::kCloseParenthesis)) {
    do {
      Adopt(call, Binary(kWeakest));
    } while (Take(Kind::kComma));
    if (!Take(Kind::kCloseParenthesis)) Refuse("Expected a comma or a closing parenthesis");
  }
  if (const auto complaint = ArityComplaint(call.text, call.operands.size())) {
    // The reference counts these two as syntax.
    const bool is_syntax = call.text == "if" || call.text == "cond";
    RefuseAt(text_, name.offset, *complaint,
             is_syntax ? ParseError::Reason::kSyntax : ParseError::Reason::kArity);
  }
  return call;
}

}  // namespace

Expression Parse(std::string_view text) {
  if (text.size() > kLengthMax) {
    RefuseAt(text, 0, "Expression longer than allowed", ParseError::Reason::kLimit);
  }
  return Parser(text).Run();
}

}  // namespace outpost::xpath
