#include "operations/demo/detail/names.h"

#include <array>

namespace outpost::demo {
namespace {

using Names = std::array<std::string_view, 24>;

constexpr Names kAfricanWomen = {"Amina",   "Wanjiru", "Akinyi", "Chipo",  "Ngozi",    "Adaeze",
                                 "Fatou",   "Awa",     "Halima", "Zanele", "Thandiwe", "Abena",
                                 "Efua",    "Mwajuma", "Neema",  "Tendai", "Rutendo",  "Mariam",
                                 "Aïssata", "Tigist",  "Almaz",  "Uwase",  "Keza",     "Nandi"};
constexpr Names kAfricanMen = {"Otieno",  "Kamau",    "Baraka",  "Juma",    "Tapiwa", "Tendai",
                               "Emeka",   "Chidi",    "Moussa",  "Ousmane", "Sipho",  "Themba",
                               "Kofi",    "Kwame",    "Yusuf",   "Ibrahim", "Abebe",  "Dawit",
                               "Mugisha", "Habimana", "Mamadou", "Sekou",   "Lwazi",  "Farai"};
constexpr Names kAfricanFamilies = {
    "Odhiambo", "Mwangi", "Njoroge", "Banda",  "Phiri",      "Moyo",   "Ncube",   "Okafor",
    "Adeyemi",  "Diallo", "Traoré",  "Ndiaye", "Hassan",     "Abdi",   "Dlamini", "Khumalo",
    "Mensah",   "Owusu",  "Tesfaye", "Bekele", "Nkurunziza", "Chanda", "Mutasa",  "Mushi"};
constexpr Names kAsianWomen = {"Lakshmi", "Priya",  "Sunita",  "Anjali", "Kavita",  "Meena",
                               "Nasrin",  "Shirin", "Nurul",   "Siti",   "Dewi",    "Ayu",
                               "Rina",    "Mai",    "Lan",     "Hoa",    "Maya",    "Sita",
                               "Gita",    "Sokha",  "Chanthy", "Malee",  "Nirmala", "Parvati"};
constexpr Names kAsianMen = {"Ramesh", "Suresh", "Arjun",   "Vijay",   "Rahim", "Karim",
                             "Agus",   "Budi",   "Eko",     "Minh",    "Dung",  "Tuan",
                             "Bikash", "Hari",   "Prakash", "Sopheap", "Dara",  "Somchai",
                             "Imran",  "Tariq",  "Anil",    "Deepak",  "Wayan", "Ketut"};
constexpr Names kAsianFamilies = {"Kumar",  "Sharma", "Devi",  "Das",     "Singh",    "Yadav",
                                  "Begum",  "Rahman", "Akter", "Hossain", "Wijaya",   "Santoso",
                                  "Nguyen", "Tran",   "Pham",  "Tamang",  "Shrestha", "Gurung",
                                  "Chea",   "Sok",    "Thapa", "Khan",    "Ali",      "Saetang"};
constexpr Names kLatinWomen = {"Rosa",   "Lucía",    "Marisol",  "Ximena", "Yolanda", "Inés",
                               "Carmen", "Beatriz",  "Juana",    "Nayra",  "Wayra",   "Elena",
                               "Flor",   "Gabriela", "Mercedes", "Pilar",  "Silvia",  "Teresa",
                               "Paola",  "Lidia",    "Norma",    "Delia",  "Marta",   "Sara"};
constexpr Names kLatinMen = {"José",   "Luis",   "Carlos",  "Mateo",   "Santiago", "Diego",
                             "Andrés", "Rubén",  "Víctor",  "Julio",   "Óscar",    "Hugo",
                             "Pedro",  "Ramiro", "Wilmer",  "Edwin",   "Freddy",   "Tomás",
                             "Nelson", "Alonso", "Gonzalo", "Ignacio", "Javier",   "Marcos"};
constexpr Names kLatinFamilies = {"Quispe", "Flores", "Mamani",    "Choque",    "Condori", "Huamán",
                                  "Rojas",  "Castro", "Morales",   "Gutiérrez", "Vargas",  "Ramos",
                                  "Torres", "Cruz",   "Hernández", "López",     "Méndez",  "Xol",
                                  "Caal",   "Pop",    "Tzoc",      "Ajanel",    "Chávez",  "Apaza"};

}  // namespace

namespace detail {

std::span<const std::string_view> WomensNames(Region region) {
  switch (region) {
    case Region::kAfrica:
      return kAfricanWomen;
    case Region::kAsia:
      return kAsianWomen;
    case Region::kLatinAmerica:
      return kLatinWomen;
  }
  return {};
}

std::span<const std::string_view> MensNames(Region region) {
  switch (region) {
    case Region::kAfrica:
      return kAfricanMen;
    case Region::kAsia:
      return kAsianMen;
    case Region::kLatinAmerica:
      return kLatinMen;
  }
  return {};
}

std::span<const std::string_view> FamilyNames(Region region) {
  switch (region) {
    case Region::kAfrica:
      return kAfricanFamilies;
    case Region::kAsia:
      return kAsianFamilies;
    case Region::kLatinAmerica:
      return kLatinFamilies;
  }
  return {};
}

}  // namespace detail

namespace {

constexpr std::array<Worker, kWorkers> kAllWorkers = {{
    {"amina.otieno", "Amina", "Otieno", Region::kAfrica, "Kisumu Nyalenda", -0.1135, 34.7519, 3, 9},
    {"grace.mwangi", "Grace", "Mwangi", Region::kAfrica, "Nyeri Hill", -0.4201, 36.9476, 3, 7},
    {"joseph.banda", "Joseph", "Banda", Region::kAfrica, "Chikwawa", -16.0350, 34.8010, 2, 6},
    {"ruth.phiri", "Ruth", "Phiri", Region::kAfrica, "Chipata", -13.6436, 32.6447, 2, 8},
    {"chipo.moyo", "Chipo", "Moyo", Region::kAfrica, "Mutare North", -18.9707, 32.6709, 2, 6},
    {"ngozi.okafor", "Ngozi", "Okafor", Region::kAfrica, "Enugu East", 6.4584, 7.5464, 1, 10},
    {"fatou.ndiaye", "Fatou", "Ndiaye", Region::kAfrica, "Thiès", 14.7910, -16.9359, 0, 5},
    {"tigist.bekele", "Tigist", "Bekele", Region::kAfrica, "Hawassa", 7.0621, 38.4764, 3, 7},
    {"nandi.dlamini", "Nandi", "Dlamini", Region::kAfrica, "Umlazi", -29.9700, 30.8800, 2, 4},
    {"kofi.mensah", "Kofi", "Mensah", Region::kAfrica, "Tamale", 9.4034, -0.8424, 0, 6},
    {"priya.sharma", "Priya", "Sharma", Region::kAsia, "Rampur", 28.8103, 79.0260, 5, 9},
    {"sunita.devi", "Sunita", "Devi", Region::kAsia, "Madhubani", 26.3485, 86.0714, 5, 8},
    {"nasrin.akter", "Nasrin", "Akter", Region::kAsia, "Sylhet Sadar", 24.8949, 91.8687, 6, 7},
    {"dewi.wijaya", "Dewi", "Wijaya", Region::kAsia, "Ende", -8.8432, 121.6623, 8, 5},
    {"maya.tamang", "Maya", "Tamang", Region::kAsia, "Rasuwa", 28.1760, 85.3963, 5, 4},
    {"lan.nguyen", "Lan", "Nguyen", Region::kAsia, "Sa Pa", 22.3364, 103.8438, 7, 5},
    {"rosa.quispe", "Rosa", "Quispe", Region::kLatinAmerica, "Puno", -15.8402, -70.0219, -5, 7},
    {"juana.mamani", "Juana", "Mamani", Region::kLatinAmerica, "El Alto", -16.5047, -68.1633, -4,
     6},
    {"marta.caal", "Marta", "Caal", Region::kLatinAmerica, "Cobán", 15.4708, -90.3711, -6, 6},
    {"luis.rojas", "Luis", "Rojas", Region::kLatinAmerica, "Cochabamba Sur", -17.4140, -66.1653, -4,
     3},
}};

}  // namespace

const Worker& WorkerAt(std::size_t index) { return kAllWorkers.at(index); }

}  // namespace outpost::demo
